-- A tour of vsql on Debian packages: 4,000 of them, each with the embedding of its name and summary.

-- Every record is sealed under a key of its own. ENTITY says whose data a row is: here, a source package's.
CREATE TABLE packages (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  section TEXT,
  priority TEXT,
  architecture TEXT,
  installed_kb INTEGER,
  download_bytes INTEGER,
  source TEXT ENTITY source,
  maintainer_domain TEXT,
  tags TEXT,
  summary TEXT,
  embedding VECTOR(384, FLOAT16)
);

COPY packages FROM 'Examples/packages/packages.jsonl'
  (FORMAT jsonl, VECTORS 'Examples/packages/vectors.f16.npy' INTO embedding);

SELECT count(*) FROM packages;

-- Filter.
SELECT name, installed_kb, summary
FROM packages
WHERE section = 'editors' AND installed_kb > 10000
ORDER BY installed_kb DESC
LIMIT 5;

-- Aggregate.
SELECT section, count(*) AS packages, (sum(installed_kb) / 1024)::INTEGER AS mb
FROM packages
GROUP BY section
HAVING count(*) >= 100
ORDER BY packages DESC, section
LIMIT 5;

-- The nearest to one package by meaning; vectors of the same words lie near each other.
SELECT name, summary, distance
FROM packages
EXACT NEAREST 5 BY DISTANCE cosine_distance(embedding, (SELECT embedding FROM packages WHERE name = 'vim'));

-- The same among games only: WHERE binds before the nearest are chosen.
SELECT name, summary, distance
FROM packages
WHERE section = 'games'
EXACT NEAREST 5 BY DISTANCE cosine_distance(embedding, (SELECT embedding FROM packages WHERE name = 'vim'));

-- How it runs, with rows and costs.
EXPLAIN SELECT name, distance
FROM packages
WHERE section = 'games'
EXACT NEAREST 5 BY DISTANCE cosine_distance(embedding, (SELECT embedding FROM packages WHERE name = 'vim'));

-- Erase one entity: its records' keys are destroyed, and nothing derived from them survives.
ERASE ENTITY 'vim' TYPE source DRY RUN;
ERASE ENTITY 'vim' TYPE source REASON 'gdpr-art-17';
SELECT count(*) FROM packages WHERE source = 'vim';

-- A new key for the tenant: every record's key is wrapped anew, not a byte of data is written.
ROTATE KEY;

-- Everything above stands in the audit chain, and the chain holds.
SELECT action, outcome, count(*) FROM audit.events GROUP BY action, outcome ORDER BY action, outcome;
VERIFY AUDIT;
