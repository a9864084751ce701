import CMalloc
import Glibc

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

/// Starts the program once more with room for a bunch of calls in each thread's cache of freed memory.
///
/// A thread finds there what it frees and takes again without a search, and has room for seven values of a size. That can
/// be changed by the environment of a starting process only (glibc, "Memory Allocation Tunables"). Whoever sets
/// `GLIBC_TUNABLES` decides instead; where it cannot be done, the server is slower by a few hundredths.
func enlargeThreadCache() {
    guard unsafe getenv("GLIBC_TUNABLES") == nil else { return }
    var path = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard unsafe readlink("/proc/self/exe", &path, Int(PATH_MAX)) > 0,
        unsafe setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=1000", 1) == 0
    else { return }
    unsafe execv(path, CommandLine.unsafeArgv)
}
