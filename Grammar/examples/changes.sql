-- Accepted changes of rows.
INSERT INTO t VALUES (1, 'x', NULL, DEFAULT, [1, 2], -1.5);
INSERT INTO s.t (a, "B") VALUES (1, 2), (DEFAULT, DEFAULT), ($1, :b);
UPDATE t SET a = 1;
UPDATE s.t AS x SET a = a + 1, b = DEFAULT, c = (SELECT max(c) FROM u) WHERE x.id IN (1, 2);
UPDATE t x SET a = NULL WHERE TRUE;
UPDATE set SET set = 1;
DELETE FROM t;
DELETE FROM s.t AS x WHERE x.id = 1 OR x.id IS NULL;
DELETE FROM t x WHERE id > $1;
COPY t FROM 'rows.csv';
COPY s.t (a, b) FROM 'rows.csv' (FORMAT csv, HEADER, DELIMITER ';', NULL '', QUOTE '"');
COPY t FROM 'rows.jsonl' WITH (FORMAT jsonl, HEADER false, LIMIT -1, "Odd Name" 'x', VECTORS 'v.npy' INTO embedding);
