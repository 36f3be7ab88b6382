// For every CPU of the architecture that the compiler compiles for.
#define KERNELS kernels_baseline
#define NAME "baseline"
#define VECTOR_BYTES 16
#if defined(__aarch64__)
#define ACCUMULATORS 24
#else
#define ACCUMULATORS 12
#endif
#include "kernels.inc"
