/// What is measured when somebody asks, beside the counts over calls. What could not be read is nil and not told.
package struct Figures: Sendable {
    package var version = ""
    package var isReady = false
    package var waiting: Int?
    package var entries: Int?
    package var sealedEntries: Int?
    /// Seconds since the newest checkpoint was signed.
    package var checkpointAge: Int?
    package var commits = CommitFigures()
    /// Sources, and whether each is left alone because it failed.
    package var breakers: [(source: String, isOpen: Bool)] = []
    package var noticesFailed = 0
    package var spans = SpanFigures()
    package var process = ProcessFigures()

    package init() {}

    package var families: [MetricFamily] {
        var families = [
            MetricFamily(
                "sallyport_build_info", .gauge, "The version that runs.",
                samples: [.init(labels: [.init(name: "version", value: version)], value: .count(1))]),
            MetricFamily(
                "sallyport_ready", .gauge, "Whether calls can be served: 1 where /readyz says so.",
                .count(isReady ? 1 : 0)),
            MetricFamily(
                "sallyport_notices_failed_total", .counter, "Notices that did not arrive, after all attempts.",
                .count(noticesFailed)),
        ]
        families += journal + log + process.families + spans.families
        if let waiting {
            families.append(
                MetricFamily("sallyport_approvals_waiting", .gauge, "Calls that wait for people.", .count(waiting)))
        }
        var resting = MetricFamily(
            "sallyport_source_breaker_open", .gauge, "Whether a source is left alone because it failed: 1, else 0.")
        for (source, isOpen) in breakers { resting.add(.count(isOpen ? 1 : 0), ["source": source]) }
        return families + [resting]
    }

    private var journal: [MetricFamily] {
        var families = [
            MetricFamily("sallyport_journal_commits_total", .counter, "Transactions.", .count(commits.commits)),
            MetricFamily(
                "sallyport_journal_commit_jobs_total", .counter,
                "Writes that shared the transactions: by their number, the mean batch.", .count(commits.jobs)),
            MetricFamily(
                "sallyport_journal_failures_total", .counter, "Promised records that were not on disk at once.",
                .count(commits.failures)),
            MetricFamily(
                "sallyport_journal_commit_duration_seconds", .histogram, "Time that transactions took.",
                .histogram(commits.latency)),
        ]
        if let entries {
            families.append(
                MetricFamily("sallyport_journal_entries", .gauge, "The position of the newest entry.", .count(entries)))
        }
        return families
    }

    private var log: [MetricFamily] {
        var families: [MetricFamily] = []
        if let sealedEntries {
            families.append(
                MetricFamily(
                    "sallyport_log_entries", .gauge, "Entries under the newest checkpoint.", .count(sealedEntries)))
            if let entries {
                families.append(
                    MetricFamily(
                        "sallyport_log_unsealed_entries", .gauge, "Entries that no checkpoint holds yet.",
                        .count(max(0, entries - sealedEntries))))
            }
        }
        if let checkpointAge {
            families.append(
                MetricFamily(
                    "sallyport_log_checkpoint_age_seconds", .gauge, "Time since the newest checkpoint was signed.",
                    .count(checkpointAge)))
        }
        return families
    }
}
