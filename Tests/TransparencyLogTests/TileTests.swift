import Testing
import TransparencyLog

@Suite struct TileTests {
    @Test(arguments: [
        (0, 0, 256, "tile/0/000"), (0, 1_234_067, 256, "tile/0/x001/x234/067"), (3, 999, 7, "tile/3/999.p/7"),
        (63, 1000, 255, "tile/63/x001/000.p/255"),
    ])
    func `paths are read and written`(level: Int, number: Int, width: Int, path: String) throws {
        let tile = try #require(Tile(level: level, number: number, width: width))
        #expect(tile.path == path)
        #expect(Tile.read(path: path) == .hashes(tile))
        let entries = try #require(Tile(level: 0, number: number, width: width))
        #expect(Tile.read(path: entries.entriesPath) == .entries(entries))
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000",
        "tile/-1/000", "tile/0/x000/000", "tile/0/x01/000", "tile/0/001/000", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/0/000.p", "tile/0/000/", "tile/0/000.p/1/2", "tile/entries", "tile/x/000",
        "/tile/0/000", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/٠٠٠", "tile/+1/000", "tile/0/+00",
    ])
    func `no other form is read`(path: String) {
        #expect(Tile.read(path: path) == nil, "\(path)")
    }

    @Test func `the partial tiles of a size are those of the specification's example`() {
        #expect(Tile.partial(size: 70_000).map(\.width) == [112, 17, 1])
        #expect(Tile.partial(size: 256).map { [$0.level, $0.number, $0.width] } == [[1, 0, 1]])
        #expect(Tile.partial(size: 0).isEmpty)
    }
}
