// The definition of every float distance, included once by each variant's file, which sets the target before and says
//   VARIANT(name)       the name with the variant's suffix
//   HARDWARE_HALF       1 where the target converts float16 itself
//   EXACT_FMA           1 where the target fuses; used for x·y + s only, where the product is exact and fusing changes nothing
// No include guard: it is a template.

#include "kernels.h"
#include "lanes.h"

#include <math.h>

// (x − y)² + s must not be fused in one variant and not in another.
#pragma STDC FP_CONTRACT OFF

// MARK: Sixteen lanes

ALWAYS_INLINE void load_f32(const float *from, f64x16 *to) {
  f32x16 narrow;
  memcpy(&narrow, from, sizeof narrow);
  *to = __builtin_convertvector(narrow, f64x16);
}

#if HARDWARE_HALF
ALWAYS_INLINE void widen_f16(const uint16_t *from, f32x16 *to) {
  f16x16 half;
  memcpy(&half, from, sizeof half);
  *to = __builtin_convertvector(half, f32x16);
}
#else
// The bits of a half moved to their places in a float read 2¹¹² times too small, subnormals included; the product is exact.
// Exponent 31 (infinity, NaN) is set to 255 instead, and a NaN made quiet, as the hardware does.
ALWAYS_INLINE void widen_f16(const uint16_t *from, f32x16 *to) {
  u16x16 half;
  memcpy(&half, from, sizeof half);
  u32x16 bits = __builtin_convertvector(half, u32x16);
  u32x16 magnitude = (bits & 0x7fff) << 13;
  f32x16 scaled;
  memcpy(&scaled, &magnitude, sizeof scaled);
  scaled *= 0x1p112f;
  u32x16 number;
  memcpy(&number, &scaled, sizeof number);
  u32x16 special = (u32x16)(magnitude >= 0x0f800000);
  u32x16 nan = (u32x16)(magnitude > 0x0f800000);
  number = (special & (magnitude | 0x7f800000 | (nan & 0x00400000))) | (~special & number) | (bits & 0x8000) << 16;
  memcpy(to, &number, sizeof number);
}
#endif

ALWAYS_INLINE void load_f16(const uint16_t *from, f64x16 *to) {
  f32x16 single;
  widen_f16(from, &single);
  *to = __builtin_convertvector(single, f64x16);
}

// The last n mod 16 elements, then zeros. A zero on both sides adds +0 to its sum, and no sum is ever −0: nothing changes.
#define REST(NAME, T, LOAD)                                                                                            \
  ALWAYS_INLINE void NAME(const T *from, size_t count, f64x16 *to) {                                                   \
    T padded[16] = {0};                                                                                                \
    memcpy(padded, from, count * sizeof(T));                                                                           \
    LOAD(padded, to);                                                                                                  \
  }
REST(rest_f32, float, load_f32)
REST(rest_f16, uint16_t, load_f16)
#undef REST

// A query widened once: whole groups of sixteen, the last filled with zeros.
ALWAYS_INLINE void load_f64(const double *from, f64x16 *to) { memcpy(to, from, sizeof *to); }
ALWAYS_INLINE void rest_f64(const double *from, size_t count, f64x16 *to) {
  (void)count;
  load_f64(from, to);
}

ALWAYS_INLINE double tree(const f64x16 *sums) {
  f64x16 s = *sums;
  double t[8];
  for (int j = 0; j < 8; j++) t[j] = s[j] + s[j + 8];
  for (int j = 0; j < 4; j++) t[j] = t[j] + t[j + 4];
  for (int j = 0; j < 2; j++) t[j] = t[j] + t[j + 2];
  return t[0] + t[1];
}

// MARK: What is added to a sum

ALWAYS_INLINE void add_product(f64x16 *sum, const f64x16 *x, const f64x16 *y) {
#if EXACT_FMA
  *sum = __builtin_elementwise_fma(*x, *y, *sum);
#else
  f64x16 product = *x * *y;
  *sum = *sum + product;
#endif
}

ALWAYS_INLINE void add_square(f64x16 *sum, const f64x16 *x, const f64x16 *y) {
  f64x16 difference = *x - *y;
  f64x16 square = difference * difference;
  *sum = *sum + square;
}

ALWAYS_INLINE void add_absolute(f64x16 *sum, const f64x16 *x, const f64x16 *y) {
  f64x16 difference = *x - *y;
  *sum = *sum + __builtin_elementwise_abs(difference);
}

// MARK: What is made of a sum

ALWAYS_INLINE double cosine_distance(double product, double xx, double yy) {
  if (xx == 0 || yy == 0) return NAN;
  double cosine = product / sqrt(xx * yy);
  return 1 - (cosine > 1 ? 1 : cosine < -1 ? -1 : cosine);
}

// MARK: One row against another

#define ROW(NAME, X, XWIDTH, Y, YWIDTH, ADD)                                                                           \
  ALWAYS_INLINE double NAME##_##XWIDTH##_##YWIDTH(const X *x_row, const Y *y_row, size_t n) {                          \
    size_t whole = n & ~(size_t)15, rest = n & 15;                                                                     \
    f64x16 sum = {0}, x, y;                                                                                            \
    for (size_t i = 0; i < whole; i += 16) {                                                                           \
      load_##XWIDTH(x_row + i, &x);                                                                                    \
      load_##YWIDTH(y_row + i, &y);                                                                                    \
      ADD(&sum, &x, &y);                                                                                               \
    }                                                                                                                  \
    if (rest) {                                                                                                        \
      rest_##XWIDTH(x_row + whole, rest, &x);                                                                          \
      rest_##YWIDTH(y_row + whole, rest, &y);                                                                          \
      ADD(&sum, &x, &y);                                                                                               \
    }                                                                                                                  \
    return tree(&sum);                                                                                                 \
  }
#define ROWS(NAME, ADD)                                                                                                \
  ROW(NAME, float, f32, double, f64, ADD)                                                                              \
  ROW(NAME, float, f32, float, f32, ADD)                                                                               \
  ROW(NAME, uint16_t, f16, double, f64, ADD)                                                                           \
  ROW(NAME, uint16_t, f16, float, f32, ADD)                                                                            \
  ROW(NAME, uint16_t, f16, uint16_t, f16, ADD)

ROWS(l2, add_square)
ROWS(l1, add_absolute)
ROWS(inner_product, add_product)
#undef ROWS
#undef ROW

#define SQUARES(T, WIDTH)                                                                                              \
  ALWAYS_INLINE double squares_##WIDTH(const T *row, size_t n) {                                                       \
    size_t whole = n & ~(size_t)15, rest = n & 15;                                                                     \
    f64x16 sum = {0}, x;                                                                                               \
    for (size_t i = 0; i < whole; i += 16) {                                                                           \
      load_##WIDTH(row + i, &x);                                                                                       \
      add_product(&sum, &x, &x);                                                                                       \
    }                                                                                                                  \
    if (rest) {                                                                                                        \
      rest_##WIDTH(row + whole, rest, &x);                                                                             \
      add_product(&sum, &x, &x);                                                                                       \
    }                                                                                                                  \
    return tree(&sum);                                                                                                 \
  }

SQUARES(float, f32)
SQUARES(uint16_t, f16)
#undef SQUARES

// Two sums in one pass over x; the squares of y are given.
#define COSINE(X, XWIDTH, Y, YWIDTH)                                                                                   \
  ALWAYS_INLINE double cosine_##XWIDTH##_##YWIDTH(const X *x_row, const Y *y_row, size_t n, double yy) {               \
    size_t whole = n & ~(size_t)15, rest = n & 15;                                                                     \
    f64x16 products = {0}, squares = {0}, x, y;                                                                        \
    for (size_t i = 0; i < whole; i += 16) {                                                                           \
      load_##XWIDTH(x_row + i, &x);                                                                                    \
      load_##YWIDTH(y_row + i, &y);                                                                                    \
      add_product(&products, &x, &y);                                                                                  \
      add_product(&squares, &x, &x);                                                                                   \
    }                                                                                                                  \
    if (rest) {                                                                                                        \
      rest_##XWIDTH(x_row + whole, rest, &x);                                                                          \
      rest_##YWIDTH(y_row + whole, rest, &y);                                                                          \
      add_product(&products, &x, &y);                                                                                  \
      add_product(&squares, &x, &x);                                                                                   \
    }                                                                                                                  \
    return cosine_distance(tree(&products), tree(&squares), yy);                                                       \
  }

COSINE(float, f32, double, f64)
COSINE(float, f32, float, f32)
COSINE(uint16_t, f16, double, f64)
COSINE(uint16_t, f16, float, f32)
COSINE(uint16_t, f16, uint16_t, f16)
#undef COSINE

// MARK: Rows against one query

// To widen the query again for each row of float16 takes a quarter of the time, so a query of up to this many elements is
// widened once a call, into 16 KiB of stack, where the first cache level keeps it. One row at a time: two or four that share a
// pass over the query were up to twice as slow from memory, as the processor fetches one stream ahead best.
#ifndef WIDENED_QUERY
#define WIDENED_QUERY 2048
#endif

ALWAYS_INLINE void widen_query(const float *query, size_t n, double *to) {
  for (size_t i = 0; i < n; i++) to[i] = query[i];
  for (size_t i = n; i % 16 != 0; i++) to[i] = 0;
}

#define QUERY(NAME, T, WIDTH, CALL)                                                                                    \
  static void VARIANT(NAME##_##WIDTH)(const T *rows, size_t count, size_t n, const float *query, double *out) {        \
    double yy = QUERY_SQUARES(query, n);                                                                               \
    (void)yy;                                                                                                          \
    if (n <= WIDENED_QUERY) {                                                                                          \
      double widened[WIDENED_QUERY] __attribute__((aligned(64)));                                                      \
      widen_query(query, n, widened);                                                                                  \
      for (size_t row = 0; row < count; row++) out[row] = CALL(NAME##_##WIDTH##_f64, rows + row * n, widened);         \
    } else {                                                                                                           \
      for (size_t row = 0; row < count; row++) out[row] = CALL(NAME##_##WIDTH##_f32, rows + row * n, query);           \
    }                                                                                                                  \
  }
#define PAIRS(NAME, T, WIDTH, CALL)                                                                                    \
  static void VARIANT(NAME##_pairs_##WIDTH)(const T *x, size_t x_stride, const T *y, size_t y_stride, size_t count,    \
                                            size_t n, double *out) {                                                   \
    double yy = 0;                                                                                                     \
    for (size_t row = 0; row < count; row++) {                                                                         \
      if (row == 0 || y_stride != 0) yy = PAIR_SQUARES(WIDTH, y + row * y_stride, n);                                  \
      out[row] = CALL(NAME##_##WIDTH##_##WIDTH, x + row * x_stride, y + row * y_stride);                               \
    }                                                                                                                  \
    (void)yy;                                                                                                          \
  }
#define DISTANCE(NAME, CALL)                                                                                           \
  QUERY(NAME, float, f32, CALL)                                                                                        \
  QUERY(NAME, uint16_t, f16, CALL)                                                                                     \
  PAIRS(NAME, float, f32, CALL)                                                                                        \
  PAIRS(NAME, uint16_t, f16, CALL)

// What a result is made of: n and, for the cosine, the squares of the other side are in scope where these are used.
#define SUM(ROW, X, Y) ROW(X, Y, n)
#define ROOT(ROW, X, Y) sqrt(ROW(X, Y, n))
#define COSINE(ROW, X, Y) ROW(X, Y, n, yy)

#define QUERY_SQUARES(Q, N) 0
#define PAIR_SQUARES(WIDTH, Y, N) 0
DISTANCE(l2, ROOT)
DISTANCE(l1, SUM)
DISTANCE(inner_product, SUM)
#undef QUERY_SQUARES
#undef PAIR_SQUARES

#define QUERY_SQUARES(Q, N) squares_f32(Q, N)
#define PAIR_SQUARES(WIDTH, Y, N) squares_##WIDTH(Y, N)
DISTANCE(cosine, COSINE)
#undef QUERY_SQUARES
#undef PAIR_SQUARES
#undef DISTANCE
#undef QUERY
#undef PAIRS
#undef SUM
#undef ROOT
#undef COSINE

// MARK: Rows by themselves

#define NORM(T, WIDTH)                                                                                                 \
  static void VARIANT(norm_##WIDTH)(const T *rows, size_t count, size_t n, double *out) {                              \
    for (size_t row = 0; row < count; row++) out[row] = sqrt(squares_##WIDTH(rows + row * n, n));                      \
  }

NORM(float, f32)
NORM(uint16_t, f16)
#undef NORM

// MARK: float16 to float32

static void VARIANT(f32_from_f16)(const uint16_t *from, size_t count, float *to) {
  f32x16 single;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    widen_f16(from + i, &single);
    memcpy(to + i, &single, sizeof single);
  }
  if (i < count) {
    uint16_t padded[16] = {0};
    memcpy(padded, from + i, (count - i) * sizeof *from);
    widen_f16(padded, &single);
    memcpy(to + i, &single, (count - i) * sizeof *to);
  }
}
