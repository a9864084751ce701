import Foundation

/// Writes a report where it is wanted: a file, as a whole or not at all, or standard output.
func writeReport(_ text: String, to output: String?) throws {
    guard let output, output != "-" else {
        FileHandle.standardOutput.write(Data(text.utf8))
        return
    }
    do {
        try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
    } catch {
        throw CommandError("'\(output)' cannot be written")
    }
}
