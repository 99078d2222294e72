#ifndef VSQL_KERNELS_H
#define VSQL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Distances between vectors, by one definition that is the same to the last bit on every processor.
///
/// **The definition.** Elements are float32, or float16 widened to float32 without loss, and are widened again to float64.
/// Element i is worked on in float64 (x·y, (x − y)², |x − y|) and added to partial sum i mod 16, in ascending order of i.
/// The sixteen partial sums s are added by one tree: t[j] = s[j] + s[j+8] for j < 8, then t[j] + t[j+4] for j < 4, then
/// t[j] + t[j+2] for j < 2, then t[0] + t[1]. Square roots and quotients follow in float64. Each step is one rounding: nothing
/// is contracted or reordered. (x·y of two float32 is exact in float64, so there a fused multiply-add gives the same bits and may be used.)
///
/// **Shapes.** `count` rows of `n` elements each, row r at `rows + r * n` elements, no padding between rows; `query` has `n`
/// elements; `out` takes `count` results and overlaps no input. No alignment is asked for. `count` and `n` may be 0.
///
/// **Ranges.** Any finite input gives a finite, exact-to-rounding result: the square of the largest float32 lies far inside
/// float64, that of the smallest too. Infinities and NaN are the caller's to refuse (`vsql_all_finite_…`); with them results are
/// unspecified numbers, never a fault.
///
/// float16 is passed as `uint16_t`, the IEEE 754 binary16 bits.

/// Rows of float32 against one query of float32.
typedef void vsql_query_f32(const float *rows, size_t count, size_t n, const float *query, double *out);
/// Rows of float16 against one query of float32.
typedef void vsql_query_f16(const uint16_t *rows, size_t count, size_t n, const float *query, double *out);
/// Row r of x against row r of y. Strides are in elements; a stride of 0 repeats the first row.
typedef void vsql_pairs_f32(const float *x, size_t x_stride, const float *y, size_t y_stride, size_t count, size_t n,
                            double *out);
typedef void vsql_pairs_f16(const uint16_t *x, size_t x_stride, const uint16_t *y, size_t y_stride, size_t count,
                            size_t n, double *out);
/// One number for each row: its Euclidean length.
typedef void vsql_rows_f32(const float *rows, size_t count, size_t n, double *out);
typedef void vsql_rows_f16(const uint16_t *rows, size_t count, size_t n, double *out);
/// Packed bits, most significant bit of each byte first: n is in bits, a row takes (n + 7) / 8 bytes, its unused last bits are 0.
typedef void vsql_query_bits(const uint8_t *rows, size_t count, size_t n, const uint8_t *query, double *out);
/// The same by pairs; strides are in bytes, 0 repeats the first row.
typedef void vsql_pairs_bits(const uint8_t *x, size_t x_stride, const uint8_t *y, size_t y_stride, size_t count,
                             size_t n, double *out);

/// What one instruction set offers. All tables give equal bits; tests hold them against each other. Constant, so safe to share.
typedef struct __attribute__((swift_attr("@Sendable"))) vsql_kernels {
  const char *name;
  vsql_query_f32 *l2_f32, *inner_product_f32, *cosine_f32, *l1_f32;
  vsql_query_f16 *l2_f16, *inner_product_f16, *cosine_f16, *l1_f16;
  vsql_pairs_f32 *l2_pairs_f32, *inner_product_pairs_f32, *cosine_pairs_f32, *l1_pairs_f32;
  vsql_pairs_f16 *l2_pairs_f16, *inner_product_pairs_f16, *cosine_pairs_f16, *l1_pairs_f16;
  vsql_rows_f32 *norm_f32;
  vsql_rows_f16 *norm_f16;
  vsql_query_bits *hamming_bits, *jaccard_bits;
  vsql_pairs_bits *hamming_pairs_bits, *jaccard_pairs_bits;
  void (*f32_from_f16)(const uint16_t *from, size_t count, float *to);
  int (*f16_from_f32)(const float *from, size_t count, uint16_t *to);
} vsql_kernels;

/// The instruction sets, from the one that every processor has.
enum { vsql_portable = 0, vsql_avx2 = 1, vsql_avx512 = 2, vsql_variant_count = 3 };

/// The table of one instruction set; null when this processor, or this build, does not have it.
const vsql_kernels *vsql_kernels_table(int variant);

/// The widest table that this processor has: what the functions below use. Chosen once; any thread may ask at any time.
const vsql_kernels *vsql_kernels_best(void);

/// The name of the instruction set that this process uses: "avx512", "avx2" or "portable".
const char *vsql_kernels_variant(void);

/// Euclidean distance: √Σ(x − y)², at least 0.
vsql_query_f32 vsql_l2_f32;
vsql_query_f16 vsql_l2_f16;
vsql_pairs_f32 vsql_l2_pairs_f32;
vsql_pairs_f16 vsql_l2_pairs_f16;

/// Inner product Σx·y. The *negative* inner product, which sorts the nearest first, is its negation: the caller's.
vsql_query_f32 vsql_inner_product_f32;
vsql_query_f16 vsql_inner_product_f16;
vsql_pairs_f32 vsql_inner_product_pairs_f32;
vsql_pairs_f16 vsql_inner_product_pairs_f16;

/// Cosine distance: 1 − Σx·y / √(Σx² · Σy²), the quotient clamped to −1 … 1, so in 0 … 2.
/// Where either side has length zero the result is NaN, and NaN has no other cause: the caller makes it NULL.
vsql_query_f32 vsql_cosine_f32;
vsql_query_f16 vsql_cosine_f16;
vsql_pairs_f32 vsql_cosine_pairs_f32;
vsql_pairs_f16 vsql_cosine_pairs_f16;

/// Taxicab distance: Σ|x − y|, at least 0.
vsql_query_f32 vsql_l1_f32;
vsql_query_f16 vsql_l1_f16;
vsql_pairs_f32 vsql_l1_pairs_f32;
vsql_pairs_f16 vsql_l1_pairs_f16;

/// Euclidean length: √Σx², at least 0.
vsql_rows_f32 vsql_norm_f32;
vsql_rows_f16 vsql_norm_f16;

/// Hamming distance: the number of bits that differ, 0 … n.
vsql_query_bits vsql_hamming_bits;
vsql_pairs_bits vsql_hamming_pairs_bits;

/// Jaccard distance: 1 − |x ∧ y| / |x ∨ y|, in 0 … 1; 1 when no bit is set in both, so also between two rows of zeros.
vsql_query_bits vsql_jaccard_bits;
vsql_pairs_bits vsql_jaccard_pairs_bits;

/// Widens `count` float16 to float32, exactly; a NaN stays a NaN.
void vsql_f32_from_f16(const uint16_t *from, size_t count, float *to);

/// Narrows `count` float32 to float16, to nearest, ties to even, subnormals kept.
/// Returns 1 when a finite number (from 65,520 on) became infinite, else 0; the array is written whole either way.
int vsql_f16_from_f32(const float *from, size_t count, uint16_t *to);

/// Narrows `count` float64 to float32, to nearest, ties to even, subnormals kept.
/// Returns 1 when a finite number became infinite, else 0; the array is written whole either way.
int vsql_f32_from_f64(const double *from, size_t count, float *to);

/// 1 when none of `count` numbers is NaN or infinite, else 0.
int vsql_all_finite_f32(const float *values, size_t count);
int vsql_all_finite_f16(const uint16_t *values, size_t count);
int vsql_all_finite_f64(const double *values, size_t count);

#endif
