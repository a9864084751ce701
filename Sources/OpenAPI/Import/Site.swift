import JSON

/// A place in one of the files of a document.
struct Site: Hashable {
    /// Index into the files of the ``DocumentSet``; 0 is the root.
    let file: Int
    let pointer: JSONPointer

    static let root = Site(file: 0, pointer: JSONPointer())

    func appending(_ token: String) -> Site {
        Site(file: file, pointer: pointer.appending(token))
    }

    func appending(_ index: Int) -> Site {
        Site(file: file, pointer: pointer.appending(index))
    }

    func appending(_ tokens: [String]) -> Site {
        Site(file: file, pointer: JSONPointer(pointer.tokens + tokens))
    }
}

/// A value and where it is written.
struct Located {
    let value: JSONValue
    let site: Site

    subscript(key: String) -> Located? {
        value[key].map { Located(value: $0, site: site.appending(key)) }
    }
}
