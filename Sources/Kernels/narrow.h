// float32 to float16, included once by each variant's file. No include guard: it is a template.

#if HARDWARE_HALF
static int VARIANT(f16_from_f32)(const float *from, size_t count, uint16_t *to) {
  int overflow = 0;
  f32x16 single;
  size_t i = 0;
  for (; i < count; i += 16) {
    size_t here = count - i < 16 ? count - i : 16;
    float padded[16] = {0};
    memcpy(padded, from + i, here * sizeof *from);
    memcpy(&single, padded, sizeof single);
    f16x16 half = __builtin_convertvector(single, f16x16);
    memcpy(to + i, &half, here * sizeof *to);
    for (size_t k = 0; k < 16; k++) {
      uint32_t bits;
      memcpy(&bits, padded + k, sizeof bits);
      overflow |= (bits & 0x7fffffff) - 0x477ff000u < 0x7f800000u - 0x477ff000u;
    }
  }
  return overflow;
}
#else
ALWAYS_INLINE uint16_t half_of(float number) {
  uint32_t bits;
  memcpy(&bits, &number, sizeof bits);
  uint32_t sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | ((magnitude >> 13) & 0x3ff));
  if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00);
  if (magnitude < 0x38800000) {
    // 0.5 has the spacing 2⁻²⁴ of subnormal halves in its last place: the addition itself rounds.
    float shifted;
    memcpy(&shifted, &magnitude, sizeof shifted);
    shifted += 0.5f;
    memcpy(&magnitude, &shifted, sizeof magnitude);
    return (uint16_t)(sign | (magnitude - 0x3f000000));
  }
  return (uint16_t)(sign | ((magnitude - (112u << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13));
}

static int VARIANT(f16_from_f32)(const float *from, size_t count, uint16_t *to) {
  int overflow = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, from + i, sizeof bits);
    overflow |= (bits & 0x7fffffff) - 0x477ff000u < 0x7f800000u - 0x477ff000u;
    to[i] = half_of(from[i]);
  }
  return overflow;
}
#endif
