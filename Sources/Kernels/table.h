// Fills a variant's table; included at the end of its file. No include guard: it is a template.

#define NAMED(F) .F = VARIANT(F)
const vsql_kernels VARIANT(vsql_kernels_table) = {
    .name = VARIANT_NAME,
    NAMED(l2_f32), NAMED(inner_product_f32), NAMED(cosine_f32), NAMED(l1_f32),
    NAMED(l2_f16), NAMED(inner_product_f16), NAMED(cosine_f16), NAMED(l1_f16),
    NAMED(l2_pairs_f32), NAMED(inner_product_pairs_f32), NAMED(cosine_pairs_f32), NAMED(l1_pairs_f32),
    NAMED(l2_pairs_f16), NAMED(inner_product_pairs_f16), NAMED(cosine_pairs_f16), NAMED(l1_pairs_f16),
    NAMED(norm_f32), NAMED(norm_f16),
    NAMED(hamming_bits), NAMED(jaccard_bits), NAMED(hamming_pairs_bits), NAMED(jaccard_pairs_bits),
    NAMED(f32_from_f16), NAMED(f16_from_f32),
};
#undef NAMED
