// One recurrent layer over a whole sequence, forward and backward: what the bindings may call.
//
// Letters: T steps, B batch, I inputs, H hidden units, G gates. All arrays are contiguous, of the
// dtype that `bytes` says, and as the documentation of rnnbench has them: gates of the LSTM are
// i f g o, of the GRU r z n, of Elman's cell h.
#pragma once

enum Cell { ELMAN_TANH, ELMAN_RELU, LSTM, GRU };

// A pointer may be null where it says "or null".
struct Sequence {
  long cell, bytes;  // one of Cell; 4 for float32, 8 for float64
  long steps, batch, inputs, hidden;

  // What forward reads.
  const void *xs;            // (T, B, I)
  const void *w_x, *w_h;     // (G, I, H), (G, H, H)
  const void *b, *b_hn;      // (G, H); (H,) of the GRU, else null
  const void *h, *c;         // (B, H): the state before the first step; c of the LSTM, else null
  const unsigned char *mask; // (T, B), 0 at padding, which stands at the end only; or null

  // What forward writes, and backward reads.
  void *ys;   // (T, B, H), zero at padding
  void *tape; // (T, B, tape_width()): what backward needs of each step; null if it won't be called

  // What forward writes.
  void *h_last, *c_last; // (B, H): the state after the last step; c of the LSTM, else null

  // What backward reads. It overwrites the tape, and so can be called once.
  const void *d_ys;                // (T, B, H)
  const void *d_h_last, *d_c_last; // (B, H)

  // What backward writes.
  void *d_xs;              // (T, B, I), or null where it is not wanted
  void *d_w_x, *d_w_h, *d_b, *d_b_hn;
  void *d_h, *d_c;
};

extern "C" {
// Numbers of the dtype that the tape holds for each step and example.
long rnnbench_tape_width(long cell, long bytes, long hidden);
// How many threads compute, for all calls that begin later.
void rnnbench_set_threads(long count);
long rnnbench_threads();
// Compute on the threads of an OpenMP runtime from now on, by its function GOMP_parallel; with null on
// threads of our own again, as a forked child always does. Threads of a framework that go on looking
// for work for a while would compete with ours.
void rnnbench_use_team(void *gomp_parallel);
// The instruction set in use, the best that the CPU has: "avx512", "avx2" or "baseline"; and take
// another one, for tests. Returns 0 if there is none of that name.
const char *rnnbench_instructions();
int rnnbench_choose(const char *name);
// Compute. Calls wait for each other, as each of them uses all threads. Return 0, or 1 if there is
// not enough memory or no thread can be started.
int rnnbench_forward(const Sequence *);
int rnnbench_backward(const Sequence *);
}
