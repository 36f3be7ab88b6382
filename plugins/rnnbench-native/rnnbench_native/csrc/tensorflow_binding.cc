// The kernel as two operations of TensorFlow. Shapes are told in Python, which knows them.

#include <cstring>
#include <vector>

#include "binding.h"
#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

namespace tf = tensorflow;

namespace {

Array array(const tf::Tensor &tensor) {
  return {tensor.data(), static_cast<long>(tensor.NumElements())};
}

// What both have: the arrays, and a sequence of them.
class Operation : public tf::OpKernel {
 public:
  explicit Operation(tf::OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("cell", &cell));
  }

 protected:
  std::vector<Array> inputs(tf::OpKernelContext *context) const {
    std::vector<Array> arrays;
    for (int k = 0; k < context->num_inputs(); ++k) arrays.push_back(array(context->input(k)));
    return arrays;
  }

  Sequence sequence(tf::OpKernelContext *context, const std::vector<Array> &in) const {
    const tf::Tensor &xs = context->input(XS);
    const long shape[] = {xs.dim_size(0), xs.dim_size(1), xs.dim_size(2)};
    return sequence_of(cell, tf::DataTypeSize(xs.dtype()), shape, context->input(H_).dim_size(1),
                       in.data());
  }

  void check(tf::OpKernelContext *context, int failed) const {
    OP_REQUIRES(context, !failed,
                absl::ResourceExhaustedError("not enough memory, or no threads, for the native kernel"));
  }

  tf::int64 cell;
};

class Forward : public Operation {
 public:
  explicit Forward(tf::OpKernelConstruction *context) : Operation(context) {
    OP_REQUIRES_OK(context, context->GetAttr("tape", &tape));
  }

  void Compute(tf::OpKernelContext *context) override {
    const tf::TensorShape &xs = context->input(XS).shape(), &h = context->input(H_).shape();
    const tf::TensorShape shapes[] = {{xs.dim_size(0), xs.dim_size(1), h.dim_size(1)},
                                      h,
                                      context->input(C_).shape(),
                                      {tape ? xs.dim_size(0) : 0, xs.dim_size(1), tape}};
    std::vector<Array> out;
    for (int k = 0; k < OUTPUTS; ++k) {
      tf::Tensor *made;
      OP_REQUIRES_OK(context, context->allocate_output(k, shapes[k], &made));
      out.push_back(array(*made));
    }
    const auto in = inputs(context);
    check(context, run_forward(sequence(context, in), out.data()));
  }

 private:
  tf::int64 tape;  // its width, 0 where none is wanted
};

class Backward : public Operation {
 public:
  explicit Backward(tf::OpKernelConstruction *context) : Operation(context) {
    OP_REQUIRES_OK(context, context->GetAttr("wants_xs", &wants_xs));
  }

  void Compute(tf::OpKernelContext *context) override {
    const auto in = inputs(context);
    // Overwritten where nobody else reads it.
    const tf::Tensor &kept = context->input(K_TAPE);
    tf::Tensor tape;
    OP_REQUIRES_OK(context, context->forward_input_or_allocate_temp({K_TAPE}, kept.dtype(),
                                                                    kept.shape(), &tape));
    if (tape.data() != in[K_TAPE].data) std::memcpy(tape.data(), in[K_TAPE].data, tape.TotalBytes());
    const Input of[] = {XS, W_X, W_H, B_, B_HN, H_, C_};
    std::vector<Array> out = {{nullptr, 0}};  // δ, which TensorFlow need not see
    for (int k = 0; k < GRADIENTS - 1; ++k) {
      tf::Tensor *made;
      const bool wanted = of[k] != XS || wants_xs;
      const auto shape = wanted ? context->input(of[k]).shape() : tf::TensorShape({0, 0, 0});
      OP_REQUIRES_OK(context, context->allocate_output(k, shape, &made));
      out.push_back(array(*made));
    }
    check(context, run_backward(sequence(context, in), in.data(), tape.data(), out.data()));
  }

 private:
  bool wants_xs;
};

}  // namespace

REGISTER_OP("RnnbenchForward")
    .Attr("T: {float, double}")
    .Attr("count: int")
    .Attr("cell: int")
    .Attr("tape: int")
    .Input("arrays: count * T")
    .Input("mask: bool")
    .Output("ys: T")
    .Output("h_last: T")
    .Output("c_last: T")
    .Output("tape_of_all: T")
    .SetShapeFn(tf::shape_inference::UnknownShape);
REGISTER_OP("RnnbenchBackward")
    .Attr("T: {float, double}")
    .Attr("count: int")
    .Attr("more: int")
    .Attr("cell: int")
    .Attr("wants_xs: bool")
    .Input("arrays: count * T")
    .Input("mask: bool")
    .Input("known: more * T")
    .Output("gradients: count * T")
    .SetShapeFn(tf::shape_inference::UnknownShape);
REGISTER_KERNEL_BUILDER(Name("RnnbenchForward").Device(tf::DEVICE_CPU), Forward);
REGISTER_KERNEL_BUILDER(Name("RnnbenchBackward").Device(tf::DEVICE_CPU), Backward);
