// For CPUs with AVX2 and FMA: 16 registers of 32 bytes.
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define KERNELS kernels_avx2
#define NAME "avx2"
#define VECTOR_BYTES 32
#define ACCUMULATORS 12
#include "kernels.inc"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
