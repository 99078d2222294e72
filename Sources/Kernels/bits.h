// Distances between packed bits, included once by each variant's file. Whole numbers up to 2⁵³, so every variant agrees by
// nature; the target decides only how bits are counted. No include guard: it is a template.

ALWAYS_INLINE uint64_t word_at(const uint8_t *from) {
  uint64_t word;
  memcpy(&word, from, sizeof word);
  return word;
}

ALWAYS_INLINE uint64_t rest_of_word(const uint8_t *from, size_t count) {
  uint64_t word = 0;
  memcpy(&word, from, count);
  return word;
}

ALWAYS_INLINE double hamming(const uint8_t *x, const uint8_t *y, size_t bytes) {
  uint64_t different = 0;
  size_t i = 0;
  for (; i + 8 <= bytes; i += 8) different += (uint64_t)__builtin_popcountll(word_at(x + i) ^ word_at(y + i));
  different += (uint64_t)__builtin_popcountll(rest_of_word(x + i, bytes - i) ^ rest_of_word(y + i, bytes - i));
  return (double)different;
}

ALWAYS_INLINE double jaccard(const uint8_t *x, const uint8_t *y, size_t bytes) {
  uint64_t both = 0, either = 0;
  size_t i = 0;
  for (; i + 8 <= bytes; i += 8) {
    uint64_t a = word_at(x + i), b = word_at(y + i);
    both += (uint64_t)__builtin_popcountll(a & b);
    either += (uint64_t)__builtin_popcountll(a | b);
  }
  uint64_t a = rest_of_word(x + i, bytes - i), b = rest_of_word(y + i, bytes - i);
  both += (uint64_t)__builtin_popcountll(a & b);
  either += (uint64_t)__builtin_popcountll(a | b);
  return both == 0 ? 1 : 1 - (double)both / (double)either;
}

#define BITS(NAME)                                                                                                     \
  static void VARIANT(NAME##_bits)(const uint8_t *rows, size_t count, size_t n, const uint8_t *query, double *out) {   \
    size_t bytes = n / 8 + (n % 8 != 0);                                                                               \
    for (size_t row = 0; row < count; row++) out[row] = NAME(rows + row * bytes, query, bytes);                        \
  }                                                                                                                    \
  static void VARIANT(NAME##_pairs_bits)(const uint8_t *x, size_t x_stride, const uint8_t *y, size_t y_stride,         \
                                         size_t count, size_t n, double *out) {                                        \
    size_t bytes = n / 8 + (n % 8 != 0);                                                                               \
    for (size_t row = 0; row < count; row++) out[row] = NAME(x + row * x_stride, y + row * y_stride, bytes);           \
  }
BITS(hamming)
BITS(jaccard)
#undef BITS
