#ifndef VSQL_KERNELS_H
#define VSQL_KERNELS_H

#include <stdint.h>
#include <stddef.h>

/// The name of the instruction set that this process uses: "avx512", "avx2" or "portable".
const char *vsql_kernels_variant(void);

#endif
