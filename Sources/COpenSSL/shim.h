#ifndef VSQL_COPENSSL_SHIM_H
#define VSQL_COPENSSL_SHIM_H

/* SHA256_Init and its kin: half the cost of EVP for a hash of 64 bytes (Digester). */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#endif
