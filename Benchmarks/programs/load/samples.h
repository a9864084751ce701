// Latencies, kept one by one so that percentiles are exact.
#ifndef BENCH_SAMPLES_H
#define BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t *tenths;       // of microseconds
    size_t count;
    size_t capacity;
} Samples;

void samples_add(Samples *samples, uint64_t nanoseconds);
void samples_sort(Samples *samples);

// Microseconds, of sorted samples; 0 without any.
double samples_percentile(const Samples *samples, double percent);
double samples_mean(const Samples *samples);

#endif
