// What the code for one instruction set is given by the rest of the library: memory and threads.
#pragma once
#include "native.h"

using Index = long;

struct Host {
  Index threads;
  // Return memory for one call, aligned to 64 bytes; what it holds is left from the call before.
  void *(*scratch)(Index bytes);
  // Call task(argument, k) for each k < count, on all threads; return when all are done.
  void (*parallel)(Index count, void (*task)(void *argument, Index k), void *argument);
};

// The same two functions for each instruction set.
struct Kernels {
  const char *name;
  void (*forward)(const Sequence &, const Host &);
  void (*backward)(const Sequence &, const Host &);
};

extern const Kernels kernels_baseline;
#if defined(__x86_64__)
extern const Kernels kernels_avx2, kernels_avx512;
#endif
