import ArgumentParser
import Foundation
import JSON

struct ClassifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Say how risky tools are, from JSON Lines on standard input.",
        discussion: """
            Each line is one tool: {"id", "name", "description", "method", "path", "inputSchema", "annotations"}. \
            Only "name" or "path" is needed; "title", "service", "tags", "scopes", "outputSchema" and "schema" \
            (another name for "inputSchema") are read as well, and other members are ignored. Annotations are those \
            of MCP ("readOnlyHint", "destructiveHint"): they may raise a risk and never lower it.

            Each tool is answered with one line: {"id", "level", "categories", "effect", "bucket", "confidence", \
            "evidence"}, and "contradictions" where what is known of it says opposite things.

            A line that cannot be read is told on standard error as 'line N: error: …' and has no line in the \
            output; all others are answered all the same, and the exit status is 1. Empty lines are skipped. A line \
            has at most 4 MiB.
            """)

    func run() async throws {
        var input = InputLines(FileHandle.standardInput.fileDescriptor, limit: 4 << 20)
        var output: [UInt8] = []
        var refused = 0
        while let line = try input.next() {
            do throws(LineFlaw) {
                guard let answer = try classify(line) else { continue }
                output += answer.bytes
                output.append(0x0A)
            } catch {
                refused += 1
                note("line \(input.number): error: \(clean(error.message))")
            }
            // Whoever writes line by line gets each answer before the next question.
            if output.count >= 1 << 16 || !input.hasMore {
                try FileHandle.standardOutput.write(contentsOf: Data(output))
                output.removeAll(keepingCapacity: true)
            }
        }
        try FileHandle.standardOutput.write(contentsOf: Data(output))
        if refused > 0 { throw ExitCode(1) }
    }

    /// The answer to one line; nil for an empty one.
    private func classify(_ line: InputLines.Line) throws(LineFlaw) -> JSONValue? {
        switch line {
        case .tooLong: throw LineFlaw(message: "the line has more than 4 MiB")
        case .text(let bytes) where bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }): return nil
        case .text(let bytes): return try classifyLine(bytes)
        }
    }
}
