import Core
import JSON

extension ExportedEvent {
    /// The names of the columns of ``csv`` (RFC 4180).
    package static let csvHead =
        "position,time,call,event,user,agent,tenant,tool,effect,rules,outcome,status,code,by,reason,records,arguments,body"

    /// One line of CSV without its end. No cell is a formula: what begins like one has an apostrophe before it.
    package var csv: String {
        [
            String(position), at.description, call ?? "", name, user ?? "", agent ?? "", tenant ?? "", tool ?? "",
            effect ?? "", rules.joined(separator: " "), outcome ?? "", status.map(String.init) ?? "", code ?? "",
            by ?? "",
            reason ?? "", records.joined(separator: " "), arguments.map { JSONValue.object($0).text } ?? "",
            JSONValue.object(body).text,
        ].map(Self.cell).joined(separator: ",")
    }

    private static func cell(_ text: String) -> String {
        var text = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isPrintable ? $0 : " " }))
        // Programs take these for the beginning of a formula, also behind spaces.
        if let first = text.unicodeScalars.first(where: { $0 != " " }), "=+-@|%".unicodeScalars.contains(first) {
            text = "'" + text
        }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
