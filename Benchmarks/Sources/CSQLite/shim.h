#ifndef VSQL_CSQLITE_SHIM_H
#define VSQL_CSQLITE_SHIM_H
#include <sqlite3.h>
#endif
