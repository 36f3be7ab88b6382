// Several threads call the kernel at once, and children are forked meanwhile: for ThreadSanitizer.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>
#include <vector>

#include "native.h"

namespace {

constexpr long T = 6, B = 5, I = 3, H = 20, G = 4;  // of an LSTM

std::vector<float> filled(long count) {
  std::vector<float> made(count);
  for (long k = 0; k < count; ++k) made[k] = 0.1f * static_cast<float>(k % 7 - 3);
  return made;
}

// The outputs and the gradients of the weights, or nothing if a call failed.
std::vector<float> pass() {
  auto xs = filled(T * B * I), w_x = filled(G * I * H), w_h = filled(G * H * H), b = filled(G * H);
  auto h = filled(B * H), c = filled(B * H), d_ys = filled(T * B * H), ys = filled(T * B * H);
  auto tape = filled(T * B * rnnbench_tape_width(LSTM, 4, H)), d_w_x = w_x, d_w_h = w_h, d_b = b;
  auto h_last = h, c_last = c, d_h = h, d_c = c;
  Sequence s{};
  s.cell = LSTM, s.bytes = 4, s.steps = T, s.batch = B, s.inputs = I, s.hidden = H;
  s.xs = xs.data(), s.w_x = w_x.data(), s.w_h = w_h.data(), s.b = b.data();
  s.h = h.data(), s.c = c.data(), s.ys = ys.data(), s.tape = tape.data();
  s.h_last = h_last.data(), s.c_last = c_last.data();
  s.d_ys = d_ys.data(), s.d_h_last = h.data(), s.d_c_last = c.data();
  s.d_w_x = d_w_x.data(), s.d_w_h = d_w_h.data(), s.d_b = d_b.data();
  s.d_h = d_h.data(), s.d_c = d_c.data();
  if (rnnbench_forward(&s) || rnnbench_backward(&s)) return {};
  for (const auto *part : {&d_w_x, &d_w_h, &d_b, &d_h, &d_c}) ys.insert(ys.end(), part->begin(), part->end());
  return ys;
}

bool right_in_a_child(const std::vector<float> &expected) {
  const pid_t child = fork();
  if (!child) {
    alarm(60);
    _exit(pass() == expected ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  return status == 0;
}

}  // namespace

int main(int count, char **) {
  const bool forks = count > 1;
  const std::vector<float> expected = pass();
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int &own : wrong)
    threads.emplace_back([&own, &expected] {
      for (int k = 0; k < 50; ++k) {
        rnnbench_set_threads(1 + k % 3);
        own += rnnbench_threads() < 1 || pass() != expected;
      }
    });
  int failed = expected.empty();
  for (int k = 0; forks && k < 5; ++k) failed += !right_in_a_child(expected);
  for (std::thread &thread : threads) thread.join();
  for (int own : wrong) failed += own;
  std::printf("%d calls were wrong\n", failed);
  return failed != 0;
}
