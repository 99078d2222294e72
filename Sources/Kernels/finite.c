#include "kernels.h"

#include <string.h>

// NaN and infinity are the numbers whose exponent bits are all set, and only for them does adding one to the exponent carry into the
// sign. So the carries of an array are gathered without a branch.
#define ALL_FINITE(NAME, T, BITS, MAGNITUDE, ONE, SIGN)                                                                \
  int NAME(const T *values, size_t count) {                                                                            \
    BITS carries = 0;                                                                                                  \
    for (size_t i = 0; i < count; i++) {                                                                               \
      BITS bits;                                                                                                       \
      memcpy(&bits, values + i, sizeof bits);                                                                          \
      carries |= (BITS)((bits & MAGNITUDE) + ONE);                                                                     \
    }                                                                                                                  \
    return (carries & SIGN) == 0;                                                                                      \
  }

ALL_FINITE(vsql_all_finite_f32, float, uint32_t, 0x7fffffffu, 0x00800000u, 0x80000000u)
ALL_FINITE(vsql_all_finite_f16, uint16_t, uint16_t, 0x7fffu, 0x0400u, 0x8000u)
ALL_FINITE(vsql_all_finite_f64, double, uint64_t, 0x7fffffffffffffffu, 0x0010000000000000u, 0x8000000000000000u)

int vsql_f32_from_f64(const double *from, size_t count, float *to) {
  int overflow = 0;
  for (size_t i = 0; i < count; i++) {
    to[i] = (float)from[i];
    // From halfway between the largest float32 and 2¹²⁸ on, a finite number rounds to infinity.
    double magnitude = __builtin_fabs(from[i]);
    overflow |= magnitude >= 0x1.ffffffp127 && magnitude <= 0x1.fffffffffffffp1023;
  }
  return overflow;
}
