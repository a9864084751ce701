import ArgumentParser
import Core
import Documents
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

/// Prints a value as JSON, with what could draw on the terminal written as escapes.
func show(json: JSONValue) {
    show(escaped(json.text))
}

/// Prints what a reply says in a sentence.
func show(message reply: JSONValue) {
    show(clean(reply["message"]?.string ?? "done"))
}

/// Prints a line about how things go.
func note(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

/// Text from outside with control, bidi and zero-width characters by their numbers, so that it cannot draw on the terminal.
///
/// What is cut off is said, so that nothing can hide behind a long beginning.
func clean(_ text: String, limit: Int = 400) -> String {
    var cleaned = ""
    for scalar in text.unicodeScalars.prefix(limit) { cleaned += scalar.visible }
    let more = text.unicodeScalars.count - limit
    if more > 0 { cleaned += "… (\(more) more characters; --json shows all)" }
    return cleaned
}

/// Text of several lines, each cleaned: for messages that we put together from texts of others.
func cleanLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { clean(String($0), limit: 1000) }
        .joined(separator: "\n")
}

/// The same JSON (RFC 8259 §7), in characters that show.
func escaped(_ json: String) -> String {
    if json.unicodeScalars.allSatisfy(\.isPrintable) { return json }
    var escaped = ""
    for scalar in json.unicodeScalars {
        guard !scalar.isPrintable else {
            escaped.unicodeScalars.append(scalar)
            continue
        }
        // Not even a line end is in the text, and nothing but a string can hold what is not ASCII.
        for unit in String(scalar).utf16 {
            let hex = String(unit, radix: 16)
            escaped += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
        }
    }
    return escaped
}

extension Diagnostic {
    /// What is printed of it: documents may have put texts of theirs into it.
    var shown: String {
        Diagnostic(
            severity, code: code, clean(message, limit: 1000), hint: hint.map { clean($0, limit: 1000) },
            file: clean(file), position: position
        ).description
    }
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
