#ifndef VSQL_LANES_H
#define VSQL_LANES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Sixteen numbers side by side. The compiler spreads them over the registers that a variant's instruction set has: eight of
// SSE2 or NEON, four of AVX2, two of AVX-512. What happens in a lane is the same everywhere, which is the point.
typedef double f64x16 __attribute__((vector_size(128)));
typedef float f32x16 __attribute__((vector_size(64)));
typedef uint32_t u32x16 __attribute__((vector_size(64)));
typedef int64_t i64x16 __attribute__((vector_size(128)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));
#if defined(__x86_64__)
typedef _Float16 f16x16 __attribute__((vector_size(32)));
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#endif
