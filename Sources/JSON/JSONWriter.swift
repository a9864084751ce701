/// Writes JSON values as compact UTF-8 text.
///
/// Numbers are written as they were read, members in their order, so what was parsed strictly comes back unchanged
/// but for white space and the choice of escapes.
public struct JSONWriter {
    /// The text so far.
    public private(set) var bytes: [UInt8]

    public init(reservingCapacity capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Forgets the text and keeps its memory for another.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    public mutating func write(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let bool): raw(bool ? "true" : "false")
        case .number(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let string): write(string)
        case .array(let array):
            bytes.append(0x5B)
            for (index, element) in array.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                write(element)
            }
            bytes.append(0x5D)
        case .object(let object):
            bytes.append(0x7B)
            for (index, member) in object.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                write(member.key)
                bytes.append(0x3A)
                write(member.value)
            }
            bytes.append(0x7D)
        }
    }

    /// Writes a string with its quotes.
    public mutating func write(_ string: String) {
        var string = string
        string.withUTF8 { unsafe write(utf8: $0) }
    }

    /// Writes a string that is given as its UTF-8 bytes, with its quotes.
    public mutating func write(utf8 bytes: [UInt8]) {
        write(utf8: bytes.span)
    }

    /// Writes a string that is given as its UTF-8 bytes, with its quotes.
    public mutating func write(utf8 bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe write(utf8: $0) }
    }

    private mutating func write(utf8: UnsafeBufferPointer<UInt8>) {
        var escapes = 0
        for index in 0..<utf8.count where Self.needsEscape(unsafe utf8[index]) { escapes += 1 }
        guard escapes > 0 else {
            unsafe append(0x22, utf8, 0x22)
            return
        }
        // The longest escape has six bytes.
        bytes.append(addingCapacity: utf8.count + 5 * escapes + 2) { output in
            output.append(0x22)
            for index in 0..<utf8.count {
                let byte = unsafe utf8[index]
                if Self.needsEscape(byte) { Self.escape(byte, into: &output) } else { output.append(byte) }
            }
            output.append(0x22)
        }
    }

    /// Writes an integer.
    public mutating func write(_ integer: Int64) {
        var digits: [20 of UInt8] = .init(repeating: 0)
        var count = 0
        var rest = integer.magnitude
        repeat {
            digits[count] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            count += 1
        } while rest > 0
        if integer < 0 { bytes.append(0x2D) }
        while count > 0 {
            count -= 1
            bytes.append(digits[count])
        }
    }

    /// Begins a member of an object: what separates it from what stands before, its name and a colon.
    ///
    /// - Parameters:
    ///   - name: must need no escape.
    ///   - first: whether it is the object's first, which opens the object.
    public mutating func beginMember(_ name: StaticString, isFirst: Bool) {
        name.withUTF8Buffer { name in
            bytes.append(addingCapacity: name.count + 4) { output in
                output.append(isFirst ? 0x7B : 0x2C)
                output.append(0x22)
                unsafe output.append(copying: name)
                output.append(0x22)
                output.append(0x3A)
            }
        }
    }

    private mutating func append(_ first: UInt8, _ middle: UnsafeBufferPointer<UInt8>, _ last: UInt8) {
        bytes.append(addingCapacity: middle.count + 2) { output in
            output.append(first)
            unsafe output.append(copying: middle)
            output.append(last)
        }
    }

    /// Appends text that is already JSON.
    public mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends bytes that are already JSON.
    public mutating func raw(_ json: some Collection<UInt8>) {
        bytes.append(contentsOf: json)
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x22 || byte == 0x5C
    }

    private static func escape(_ byte: UInt8, into output: inout OutputSpan<UInt8>) {
        output.append(0x5C)
        switch byte {
        case 0x22, 0x5C: output.append(byte)
        case 0x08: output.append(0x62)
        case 0x09: output.append(0x74)
        case 0x0A: output.append(0x6E)
        case 0x0C: output.append(0x66)
        case 0x0D: output.append(0x72)
        default:
            output.append(0x75)
            output.append(0x30)
            output.append(0x30)
            output.append(0x30 + byte >> 4)
            let low = byte & 15
            output.append(low < 10 ? 0x30 + low : 0x57 + low)
        }
    }
}

extension OutputSpan<UInt8> {
    /// INVARIANT: there is room.
    fileprivate mutating func append(copying source: UnsafeBufferPointer<UInt8>) {
        guard let start = source.baseAddress, source.count <= freeCapacity else { return }
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            guard let end = buffer.baseAddress else { return }
            unsafe (end + count).initialize(from: start, count: source.count)
            count += source.count
        }
    }
}

extension JSONValue {
    /// The value as compact text.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// The value as compact text.
    public var text: String {
        String(decoding: bytes, as: UTF8.self)
    }
}
