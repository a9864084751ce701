/// What the process takes of the machine, under the names that Prometheus clients share.
package struct ProcessFigures: Sendable, Hashable {
    package var residentBytes: Int?
    package var openFiles: Int?
    package var processorSeconds: Double?
    /// POSIX seconds.
    package var start: Double?

    package init() {}

    var families: [MetricFamily] {
        var families: [MetricFamily] = []
        if let residentBytes {
            families.append(
                MetricFamily(
                    "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", .count(residentBytes)))
        }
        if let openFiles {
            families.append(
                MetricFamily("process_open_fds", .gauge, "Number of open file descriptors.", .count(openFiles)))
        }
        if let processorSeconds {
            families.append(
                MetricFamily(
                    "process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.",
                    .number(processorSeconds)))
        }
        if let start {
            families.append(
                MetricFamily(
                    "process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.",
                    .number(start)))
        }
        return families
    }
}
