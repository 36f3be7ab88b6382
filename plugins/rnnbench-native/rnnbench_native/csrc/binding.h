// What the bindings to JAX and TensorFlow share: one order of arrays, and a call from lists of them.
//
// An array that a cell has not, or that is not wanted, has no elements, and its address counts for
// nothing.
#pragma once

#include <cstdint>

#include "native.h"

struct Array {
  void *data;
  long count;
};

// What forward takes, and backward takes first.
enum Input { XS, W_X, W_H, B_, B_HN, H_, C_, MASK, INPUTS };
// What forward returns.
enum Output { YS, H_LAST, C_LAST, TAPE, OUTPUTS };
// What backward takes after that.
enum Known { K_YS = INPUTS, K_TAPE, D_YS, D_H_LAST, D_C_LAST, KNOWN };
// What backward returns.
enum Gradient { DELTAS, D_XS, D_W_X, D_W_H, D_B, D_B_HN, D_H, D_C, GRADIENTS };

inline void *address(Array array) { return array.count ? array.data : nullptr; }

inline Sequence sequence_of(long cell, long bytes, const long *xs_shape, long hidden,
                            const Array *in) {
  Sequence s{};
  s.cell = cell, s.bytes = bytes, s.hidden = hidden;
  s.steps = xs_shape[0], s.batch = xs_shape[1], s.inputs = xs_shape[2];
  s.xs = address(in[XS]), s.w_x = address(in[W_X]), s.w_h = address(in[W_H]);
  s.b = address(in[B_]), s.b_hn = address(in[B_HN]);
  s.h = address(in[H_]), s.c = address(in[C_]);
  s.mask = static_cast<const unsigned char *>(address(in[MASK]));
  return s;
}

inline int run_forward(Sequence s, const Array *out) {
  s.ys = address(out[YS]), s.tape = address(out[TAPE]);
  s.h_last = address(out[H_LAST]), s.c_last = address(out[C_LAST]);
  return rnnbench_forward(&s);
}

// The tape is where the caller has put it, as δ will be there.
inline int run_backward(Sequence s, const Array *in, void *tape, const Array *out) {
  s.ys = address(in[K_YS]), s.tape = tape;
  s.d_ys = address(in[D_YS]), s.d_h_last = address(in[D_H_LAST]), s.d_c_last = address(in[D_C_LAST]);
  s.d_xs = address(out[D_XS]), s.d_w_x = address(out[D_W_X]), s.d_w_h = address(out[D_W_H]);
  s.d_b = address(out[D_B]), s.d_b_hn = address(out[D_B_HN]);
  s.d_h = address(out[D_H]), s.d_c = address(out[D_C]);
  return rnnbench_backward(&s);
}
