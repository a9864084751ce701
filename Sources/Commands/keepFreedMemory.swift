import CMalloc

/// Lets the allocator keep what is freed while the server runs.
///
/// A call lives on many small values, and calls come in bunches. Giving pages back after each bunch and faulting them
/// in again took about a sixth of a call's time. What starting up took goes back at once (``returnFreedMemory()``).
func keepFreedMemory() {
    mallopt(M_TRIM_THRESHOLD, 64 << 20)
    mallopt(M_TOP_PAD, 1 << 20)
}

/// Gives back what reading the configuration and its documents took.
func returnFreedMemory() {
    malloc_trim(0)
}
