import ArgumentParser
import Foundation
import JSON

// Rules of the terminal: what was asked for goes to standard output and nothing else does; problems are
// `error: …` with a `hint: …` below, on standard error; text that came from outside is cleaned before it is shown;
// `--json` prints one JSON value; nothing secret is ever printed but the token that was asked for.

/// Prints a line of what was asked for.
///
/// Written at once, also into a pipe, so that whoever waits for a line gets it.
func show(_ line: String = "") {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// Prints a value as JSON.
func show(json: JSONValue) {
    show(json.text)
}

/// Prints a line about how things go.
func note(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

/// Text from outside without control, bidi and zero-width characters, so that it cannot draw on the terminal.
///
/// What is cut off is said, so that nothing can hide behind a long beginning.
func clean(_ text: String, limit: Int = 400) -> String {
    var cleaned = ""
    for scalar in text.unicodeScalars.prefix(limit) {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            cleaned += " "
        default: cleaned.unicodeScalars.append(scalar)
        }
    }
    let more = text.unicodeScalars.count - limit
    if more > 0 { cleaned += "… (\(more) more characters; --json shows all)" }
    return cleaned
}

/// Prints rows as columns.
func show(columns header: [String], _ rows: [[String]]) {
    let all = [header] + rows.map { $0.map { clean($0) } }
    let widths = header.indices.map { column in
        all.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    for row in all {
        let cells = row.enumerated().map { index, cell in
            index == row.count - 1 ? cell : cell + String(repeating: " ", count: max(0, widths[index] - cell.count))
        }
        show(cells.joined(separator: "  "))
    }
}

/// Where the configuration is.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "The configuration file.")
    var config = "sallyport.yaml"
}

/// Reads a secret without showing it: all of standard input but a last line end, or from the terminal after a prompt.
func readSecret(_ prompt: String) throws -> String {
    if isatty(STDIN_FILENO) == 1 {
        guard let pointer = unsafe getpass("\(prompt): ") else { throw CommandError("nothing was typed") }
        return unsafe String(cString: pointer)
    }
    var text = String(decoding: FileHandle.standardInput.readDataToEndOfFile().prefix(1 << 20), as: UTF8.self)
    if text.hasSuffix("\n") { text.removeLast() }
    guard !text.isEmpty else {
        throw CommandError(
            "nothing came on standard input", hint: "Write it there, such as: printf %s \"$SECRET\" | sallyport …")
    }
    return text
}
