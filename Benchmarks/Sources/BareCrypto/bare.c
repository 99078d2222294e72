#define _GNU_SOURCE
#include "bare.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum { KEY = 32, TAG = 16, IV = 12, AAD = 54, BLOCK_KEYS = 64, BLOCK = 8 + BLOCK_KEYS * KEY };

struct bare {
  size_t units, blocks, room;
  size_t *ends;   // of the sealed units
  size_t *plain;  // bytes of each unit unpacked; null: not packed
  unsigned char *sealed, *wrapped, *opened, *unpacked;
  unsigned char kek[KEY], aad[AAD];
  EVP_CIPHER_CTX *context;
  ZSTD_DCtx *zstd;
};

static const unsigned char iv[IV];

static void seal(EVP_CIPHER_CTX *context, const unsigned char *key, const unsigned char *aad, const unsigned char *plain,
                 int bytes, unsigned char *out) {
  int written;
  EVP_EncryptInit_ex(context, NULL, NULL, key, iv);
  EVP_EncryptUpdate(context, NULL, &written, aad, AAD);
  EVP_EncryptUpdate(context, out, &written, plain, bytes);
  EVP_EncryptFinal_ex(context, out + bytes, &written);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, out + bytes);
}

static int open_unit(EVP_CIPHER_CTX *context, const unsigned char *key, const unsigned char *aad, unsigned char *sealed,
                     int bytes, unsigned char *out) {
  int written;
  return EVP_DecryptInit_ex(context, NULL, NULL, key, iv) == 1 &&
         EVP_DecryptUpdate(context, NULL, &written, aad, AAD) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, sealed + bytes) == 1 &&
         EVP_DecryptUpdate(context, out, &written, sealed, bytes) == 1 &&
         EVP_DecryptFinal_ex(context, out + written, &written) == 1;
}

bare *bare_make(size_t units, size_t bytes, const unsigned char *texts, const size_t *ends) {
  bare *all = calloc(1, sizeof *all);
  all->units = units;
  all->blocks = (units + BLOCK_KEYS - 1) / BLOCK_KEYS;
  all->ends = calloc(units, sizeof *all->ends);
  all->wrapped = malloc(all->blocks * (BLOCK + TAG));
  size_t longest = 0, total = units * (bytes + TAG);
  if (texts) {
    all->plain = calloc(units, sizeof *all->plain);
    total = 0;
    for (size_t unit = 0; unit < units; unit++) {
      all->plain[unit] = ends[unit] - (unit ? ends[unit - 1] : 0);
      if (all->plain[unit] > longest) longest = all->plain[unit];
      total += ZSTD_compressBound(all->plain[unit]) + TAG;
    }
  }
  all->sealed = malloc(total);
  EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
  EVP_CIPHER_CTX *sealing = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(sealing, cipher, NULL, NULL, NULL);
  all->context = EVP_CIPHER_CTX_new();
  EVP_DecryptInit_ex(all->context, cipher, NULL, NULL, NULL);
  all->zstd = ZSTD_createDCtx();
  RAND_bytes(all->kek, KEY);
  all->room = texts ? ZSTD_compressBound(longest) : bytes;
  unsigned char *content = malloc(all->room + 1), block[BLOCK];
  RAND_bytes(content, (int)all->room);
  size_t end = 0;
  for (size_t unit = 0; unit < units; unit++) {
    if (unit % BLOCK_KEYS == 0) {
      RAND_bytes(block, BLOCK);
      seal(sealing, all->kek, all->aad, block, BLOCK, all->wrapped + unit / BLOCK_KEYS * (BLOCK + TAG));
    }
    size_t size = bytes;
    if (texts)
      size = ZSTD_compress(content, all->room, texts + (unit ? ends[unit - 1] : 0), all->plain[unit], 3);
    seal(sealing, block + 8 + unit % BLOCK_KEYS * KEY, all->aad, content, (int)size, all->sealed + end);
    all->ends[unit] = end += size + TAG;
  }
  // Packed units are opened into one buffer and unpacked into their place.
  all->opened = calloc(texts ? 1 : units, all->room + TAG);
  all->unpacked = texts ? calloc(1, ends[units - 1] + 1) : NULL;
  free(content);
  EVP_CIPHER_CTX_free(sealing);
  EVP_CIPHER_free(cipher);
  return all;
}

int bare_open(bare *all) {
  unsigned char block[BLOCK];
  size_t start = 0, target = 0;
  for (size_t unit = 0; unit < all->units; unit++) {
    if (unit % BLOCK_KEYS == 0 &&
        !open_unit(all->context, all->kek, all->aad, all->wrapped + unit / BLOCK_KEYS * (BLOCK + TAG), BLOCK, block))
      return 0;
    size_t bytes = all->ends[unit] - start - TAG;
    unsigned char *out = all->plain ? all->opened : all->opened + target;
    if (!open_unit(all->context, block + 8 + unit % BLOCK_KEYS * KEY, all->aad, all->sealed + start, (int)bytes, out)) return 0;
    if (all->plain) {
      if (ZSTD_decompressDCtx(all->zstd, all->unpacked + target, all->plain[unit], out, bytes) != all->plain[unit]) return 0;
      target += all->plain[unit];
    } else {
      target += bytes;
    }
    start = all->ends[unit];
  }
  return 1;
}

void bare_free(bare *all) {
  free(all->ends);
  free(all->plain);
  free(all->sealed);
  free(all->wrapped);
  free(all->opened);
  free(all->unpacked);
  EVP_CIPHER_CTX_free(all->context);
  ZSTD_freeDCtx(all->zstd);
  free(all);
}

int bare_confine(int confined) {
#ifdef __linux__
  static cpu_set_t before;
  static int known;
  if (!known && sched_getaffinity(0, sizeof before, &before)) return 0;
  known = 1;
  cpu_set_t wanted = before;
  if (confined) {
    int first = 0;
    while (first < CPU_SETSIZE && !CPU_ISSET(first, &before)) first++;
    CPU_ZERO(&wanted);
    CPU_SET(first, &wanted);
  }
  return sched_setaffinity(0, sizeof wanted, &wanted) == 0;
#else
  return !confined;
#endif
}
