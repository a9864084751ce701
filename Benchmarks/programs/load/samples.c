#include "samples.h"

#include <stdio.h>
#include <stdlib.h>

void samples_add(Samples *samples, uint64_t nanoseconds) {
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity ? samples->capacity * 2 : 1 << 20;
        samples->tenths = realloc(samples->tenths, samples->capacity * sizeof *samples->tenths);
        if (!samples->tenths) {
            perror("realloc");
            exit(1);
        }
    }
    uint64_t tenths = nanoseconds / 100;
    samples->tenths[samples->count++] = tenths > UINT32_MAX ? UINT32_MAX : (uint32_t)tenths;
}

static int compare(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

void samples_sort(Samples *samples) {
    if (samples->count) qsort(samples->tenths, samples->count, sizeof *samples->tenths, compare);
}

double samples_percentile(const Samples *samples, double percent) {
    if (!samples->count) return 0;
    size_t index = (size_t)(percent / 100 * (double)(samples->count - 1) + 0.5);
    return samples->tenths[index] / 10.0;
}

double samples_mean(const Samples *samples) {
    double sum = 0;
    for (size_t index = 0; index < samples->count; index++) sum += samples->tenths[index] / 10.0;
    return samples->count ? sum / (double)samples->count : 0;
}
