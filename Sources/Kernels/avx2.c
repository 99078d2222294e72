// x86-64 with AVX2, FMA and F16C: Haswell and Zen, and later.
#if defined(__x86_64__)
#define VARIANT(F) F##_avx2
#define VARIANT_NAME "avx2"
#define HARDWARE_HALF 1
#define EXACT_FMA 1

#include "kernels.h"
#include "lanes.h"
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,popcnt"))), apply_to = function)
#include "distances.h"

#include "bits.h"
#include "narrow.h"
#pragma clang attribute pop
#include "table.h"
#endif
