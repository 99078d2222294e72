#include "kernels.h"

#include <stdatomic.h>

extern const vsql_kernels vsql_kernels_table_portable;
#if defined(__x86_64__)
extern const vsql_kernels vsql_kernels_table_avx2, vsql_kernels_table_avx512;
#endif

const vsql_kernels *vsql_kernels_table(int variant) {
  switch (variant) {
    case vsql_portable: return &vsql_kernels_table_portable;
#if defined(__x86_64__)
    case vsql_avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")
                     && __builtin_cpu_supports("popcnt")
                 ? &vsql_kernels_table_avx2
                 : NULL;
    case vsql_avx512:
      return vsql_kernels_table(vsql_avx2) != NULL && __builtin_cpu_supports("avx512f")
                     && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
                     && __builtin_cpu_supports("avx512vl")
                 ? &vsql_kernels_table_avx512
                 : NULL;
#endif
    default: return NULL;
  }
}

const vsql_kernels *vsql_kernels_best(void) {
  // Threads that arrive here together find the same table; which of them stores it does not matter.
  static _Atomic(const vsql_kernels *) chosen;
  const vsql_kernels *best = atomic_load_explicit(&chosen, memory_order_acquire);
  for (int variant = vsql_variant_count - 1; best == NULL; variant--) best = vsql_kernels_table(variant);
  atomic_store_explicit(&chosen, best, memory_order_release);
  return best;
}

const char *vsql_kernels_variant(void) { return vsql_kernels_best()->name; }

#define QUERY(F, T, Q)                                                                                                  \
  void vsql_##F(const T *rows, size_t count, size_t n, const Q *query, double *out) {                          \
    vsql_kernels_best()->F(rows, count, n, query, out);                                                                \
  }
#define PAIRS(F, T)                                                                                                    \
  void vsql_##F(const T *x, size_t x_stride, const T *y, size_t y_stride, size_t count, size_t n, double *out) {       \
    vsql_kernels_best()->F(x, x_stride, y, y_stride, count, n, out);                                                   \
  }
#define ROWS(F, T)                                                                                                     \
  void vsql_##F(const T *rows, size_t count, size_t n, double *out) { vsql_kernels_best()->F(rows, count, n, out); }

QUERY(l2_f32, float, float)
QUERY(l2_f16, uint16_t, float)
QUERY(inner_product_f32, float, float)
QUERY(inner_product_f16, uint16_t, float)
QUERY(cosine_f32, float, float)
QUERY(cosine_f16, uint16_t, float)
QUERY(l1_f32, float, float)
QUERY(l1_f16, uint16_t, float)
QUERY(hamming_bits, uint8_t, uint8_t)
QUERY(jaccard_bits, uint8_t, uint8_t)
PAIRS(l2_pairs_f32, float)
PAIRS(l2_pairs_f16, uint16_t)
PAIRS(inner_product_pairs_f32, float)
PAIRS(inner_product_pairs_f16, uint16_t)
PAIRS(cosine_pairs_f32, float)
PAIRS(cosine_pairs_f16, uint16_t)
PAIRS(l1_pairs_f32, float)
PAIRS(l1_pairs_f16, uint16_t)
PAIRS(hamming_pairs_bits, uint8_t)
PAIRS(jaccard_pairs_bits, uint8_t)
ROWS(norm_f32, float)
ROWS(norm_f16, uint16_t)

void vsql_f32_from_f16(const uint16_t *from, size_t count, float *to) {
  vsql_kernels_best()->f32_from_f16(from, count, to);
}

int vsql_f16_from_f32(const float *from, size_t count, uint16_t *to) {
  return vsql_kernels_best()->f16_from_f32(from, count, to);
}
