// Every processor: plain vectors of the compiler, SSE2 on x86-64, NEON on arm64.
#define VARIANT(F) F##_portable
#define VARIANT_NAME "portable"
#define HARDWARE_HALF 0
#define EXACT_FMA 0

#include "distances.h"

#include "bits.h"
#include "narrow.h"
#include "table.h"
