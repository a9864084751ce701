package import Core
import JSON
package import TransparencyLog

/// The line of an entry while it is written (`docs/evidence.md`), each over the one before: many lines take the memory of one.
///
/// Members are added in the order of the form.
package struct EntryLine {
    private var writer: JSONWriter

    package init(reservingCapacity capacity: Int = 1024) {
        writer = JSONWriter(reservingCapacity: capacity)
    }

    /// The line so far, without its end.
    package var bytes: [UInt8] { writer.bytes }

    /// The hash of the line's leaf in the log.
    package var leaf: TreeHash { EvidenceLine.leaf(of: writer.bytes) }

    /// Begins the line of an entry, and forgets the one before.
    package mutating func begin(position: Int, at: Timestamp) {
        writer.removeAll()
        writer.beginMember("position", isFirst: true)
        writer.write(Int64(position))
        writer.beginMember("at", isFirst: false)
        writer.write(at.microseconds)
    }

    package mutating func add(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        writer.beginMember(name, isFirst: false)
        writer.write(text)
    }

    /// Adds a text that is given as its UTF-8 bytes.
    package mutating func add(_ name: StaticString, utf8 text: ArraySlice<UInt8>?) {
        guard let text else { return }
        writer.beginMember(name, isFirst: false)
        writer.write(utf8: text.span)
    }

    package mutating func add(_ name: StaticString, _ number: Int?) {
        guard let number else { return }
        writer.beginMember(name, isFirst: false)
        writer.write(Int64(number))
    }

    /// Adds the body, which is JSON text, and ends the line.
    package mutating func end(body: ArraySlice<UInt8>) {
        if body.span.holds(0x0A) {
            // The journal writes none: somebody else did. A line is a line all the same.
            writer.beginMember("damaged", isFirst: false)
            writer.write(String(decoding: body, as: UTF8.self))
        } else {
            writer.beginMember("body", isFirst: false)
            writer.raw(body)
        }
        writer.raw("}")
    }
}
