enum Usage {
  static let text = """
    vsql: an embedded database whose every record is sealed under a key of its own

    vsql DB                    open the database directory DB, made when it is not there
    vsql :memory:              a database in memory
    vsql DB -c "SQL"           run statements and leave
    vsql DB -f script.sql      run a script and leave
    … | vsql DB                run a script from standard input, statement by statement
    vsql test FILES…           run golden files (sqllogictest)
    vsql check DB              read every byte, open every seal, list every fault; of a backup too
    vsql backup DB DIR         copy DB as it is now; DIR may hold an earlier backup of it
    vsql restore BACKUP DIR    make a database of a backup, with --erasures-from DB (who was erased
                               since), --erasures-key-file FILE (its key), or --accept-loss

      -c, --command SQL        may be said several times, in order with -f
      -f, --file FILE          `-` is standard input
      --mode MODE              box (a terminal's default), csv (a pipe's), jsonl, markdown
      --param NAME=VALUE       binds :NAME in every statement, as text
      --tenant NAME            the tenant whose rows are read and written (main)
      --key-file FILE          the root key; without it, a file under $XDG_CONFIG_HOME/vsql/keys
                               (else $HOME/.config/vsql/keys), named by the database's id
      --passphrase             asks for a passphrase, without echo
      --key-fd N               reads the root key from an open descriptor, once
      --read-only              an absent database is then an error
      --keep-going             a script goes on after an error
      --echo                   prints each statement before its answer
      --help, --version

    Exit status: 0 every statement succeeded; 1 a statement failed; 2 wrong usage; 3 the database
    cannot be opened; 4 a verification said no; 130 cancelled.
    """
}
