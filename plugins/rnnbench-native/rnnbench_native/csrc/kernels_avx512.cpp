// For CPUs with AVX-512: 32 registers of 64 bytes.
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,fma,prefer-vector-width=512")
#endif
#define KERNELS kernels_avx512
#define NAME "avx512"
#define VECTOR_BYTES 64
#define ACCUMULATORS 28
#include "kernels.inc"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
