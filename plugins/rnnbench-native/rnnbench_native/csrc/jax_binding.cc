// The kernel as custom calls of XLA, for jax.ffi.

#include <cstring>
#include <vector>

#include "binding.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;

namespace {

std::vector<Array> given(ffi::RemainingArgs arguments) {
  std::vector<Array> arrays;
  for (size_t k = 0; k < arguments.size(); ++k) {
    const auto buffer = arguments.get<ffi::AnyBuffer>(k).value();
    arrays.push_back({buffer.untyped_data(), static_cast<long>(buffer.element_count())});
  }
  return arrays;
}

std::vector<Array> wanted(ffi::RemainingRets results) {
  std::vector<Array> arrays;
  for (size_t k = 0; k < results.size(); ++k) {
    auto buffer = results.get<ffi::AnyBuffer>(k).value();
    arrays.push_back({buffer->untyped_data(), static_cast<long>(buffer->element_count())});
  }
  return arrays;
}

Sequence sequence(int64_t cell, int64_t bytes, int64_t hidden, ffi::RemainingArgs arguments,
                  const std::vector<Array> &in) {
  const auto sizes = arguments.get<ffi::AnyBuffer>(XS).value().dimensions();
  const long shape[] = {sizes[0], sizes[1], sizes[2]};
  return sequence_of(cell, bytes, shape, hidden, in.data());
}

ffi::Error said(int failed) {
  return failed ? ffi::Error::Internal("not enough memory, or no threads, for the native kernel")
                : ffi::Error::Success();
}

ffi::Error forward(int64_t cell, int64_t bytes, int64_t hidden, ffi::RemainingArgs arguments,
                   ffi::RemainingRets results) {
  const auto in = given(arguments), out = wanted(results);
  return said(run_forward(sequence(cell, bytes, hidden, arguments, in), out.data()));
}

// XLA gives δ the memory of the tape where nobody reads that later, which is so after one gradient.
ffi::Error backward(int64_t cell, int64_t bytes, int64_t hidden, ffi::RemainingArgs arguments,
                    ffi::RemainingRets results) {
  const auto in = given(arguments), out = wanted(results);
  if (out[DELTAS].data != in[K_TAPE].data)
    std::memcpy(out[DELTAS].data, in[K_TAPE].data, in[K_TAPE].count * bytes);
  return said(run_backward(sequence(cell, bytes, hidden, arguments, in), in.data(),
                           out[DELTAS].data, out.data()));
}

}  // namespace

#define BINDING            \
  ffi::Ffi::Bind()         \
      .Attr<int64_t>("cell")   \
      .Attr<int64_t>("bytes")  \
      .Attr<int64_t>("hidden") \
      .RemainingArgs()     \
      .RemainingRets()

XLA_FFI_DEFINE_HANDLER_SYMBOL(rnnbench_jax_forward, forward, BINDING);
XLA_FFI_DEFINE_HANDLER_SYMBOL(rnnbench_jax_backward, backward, BINDING);
