#include "kernels.h"

const char *vsql_kernels_variant(void) { return "portable"; }
