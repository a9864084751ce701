import Evidence
import Testing

@Suite struct TarArchiveTests {
    @Test func `what is written is read back, whatever its length`() {
        var files: [TarArchive.File] = []
        for length in [0, 1, 511, 512, 513, 5000] {
            files.append(TarArchive.File("f\(length)", (0..<length).map { UInt8(truncatingIfNeeded: $0 * 31) }))
        }
        let bytes = TarArchive.write(files)
        #expect(bytes.count % 512 == 0)
        #expect(TarArchive.read(bytes) == files)
    }

    @Test func `an archive that was cut, padded or changed is none`() {
        let bytes = TarArchive.write([TarArchive.File("a", Array("some text".utf8)), TarArchive.File("b", [1, 2])])
        for place in stride(from: 0, to: bytes.count, by: 7) {
            var other = bytes
            other[place] ^= 0x40
            let read = TarArchive.read(other)
            // Only what a file holds may differ, and the manifest has its digest.
            if let read {
                #expect(read.map(\.name) == ["a", "b"] || read.map(\.name).contains { $0 != "a" && $0 != "b" })
            }
        }
        for count in stride(from: 0, to: bytes.count, by: 100) {
            let read = TarArchive.read(Array(bytes.prefix(count)))
            #expect(read == nil || count == 0 || read?.count != 2)
        }
        #expect(TarArchive.read(bytes + [UInt8](repeating: 0, count: 512)) == nil)
        #expect(TarArchive.read(Array("hello".utf8)) == nil)
    }
}
