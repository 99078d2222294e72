// x86-64 with AVX-512 F, BW, DQ and VL: Skylake-X and Zen 4, and later.
#if defined(__x86_64__)
#define VARIANT(F) F##_avx512
#define VARIANT_NAME "avx512"
#define HARDWARE_HALF 1
#define EXACT_FMA 1

#include "kernels.h"
#include "lanes.h"
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,popcnt"))),       \
                             apply_to = function)
#include "distances.h"

#include "bits.h"
#include "narrow.h"
#pragma clang attribute pop
#include "table.h"
#endif
