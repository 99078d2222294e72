#ifndef VSQL_BENCH_BARE_H
#define VSQL_BENCH_BARE_H

#include <stddef.h>

/// Sealed units in memory, opened with nothing but OpenSSL's EVP (reused contexts) and zstd: what the hardware and the libraries ask for.
typedef struct bare bare;

/// `units` of `bytes` of content, each under its own key with 54 bytes of associated data, and their keys wrapped by 64.
///
/// - texts: what each unit's content unpacks to by zstd, `units` runs that end at `ends`; null: nothing is packed, contents are random.
bare *bare_make(size_t units, size_t bytes, const unsigned char *texts, const size_t *ends);

/// Unwraps all keys, opens all units (and unpacks them). 1: all was authentic.
int bare_open(bare *all);

void bare_free(bare *all);

/// Confines this process to its first core, or lets it have all again. 0: the system refuses.
int bare_confine(int confined);

#endif
