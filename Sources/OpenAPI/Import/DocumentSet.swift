import Documents
import JSON

/// The root document, the files beside it that references have reached, and what each reference means.
///
/// A reference is resolved once; objects with many members are searched through an index.
final class DocumentSet {
    struct File {
        /// Relative to the folder of the root document.
        let path: String
        let document: SourceDocument
    }

    /// What a reference leads to. Two references to one place share the target.
    struct Target {
        let value: JSONValue
        let site: Site
    }

    typealias Load = (_ path: String) throws(Diagnostic) -> SourceDocument?

    enum Failure: Error, Hashable {
        case network, outside, tooManyFiles, missingFile(String), unreadable(String), nothingThere, circular, malformed

        var message: String {
            switch self {
            case .network: "is a network address, which is never followed"
            case .outside: "leaves the folder of the document"
            case .tooManyFiles: "needs more files than one document may have"
            case .missingFile(let path): "names a file that is not there (\(CleanText.line(path, limit: 120)))"
            case .unreadable(let path): "names a file that cannot be read (\(CleanText.line(path, limit: 120)))"
            case .nothingThere: "leads nowhere"
            case .circular: "leads only to itself"
            case .malformed: "is not a reference"
            }
        }

        var code: String {
            switch self {
            case .network: "reference-network"
            case .outside: "reference-outside"
            case .tooManyFiles: "reference-files"
            case .missingFile, .unreadable: "reference-file"
            case .nothingThere, .malformed: "reference-unresolved"
            case .circular: "reference-circular"
            }
        }

        var hint: String? {
            switch self {
            case .network: "Save the file beside the document and refer to it by a relative path."
            case .outside: "Refer to files inside the document's own folder by a relative path."
            default: nil
            }
        }
    }

    private struct Reference: Hashable {
        let file: Int
        let text: String
    }

    private(set) var files: [File]
    private(set) var targets: [Target] = []
    private let load: Load
    private let limit: Int
    private var fileByPath: [String: Int?] = [:]
    private var resolved: [Reference: Result<Int, Failure>] = [:]
    private var targetBySite: [Site: Int] = [:]
    private var indices: [Site: [String: Int]] = [:]
    private var anchors: [Int: [String: Site]] = [:]
    private let ledger: DiagnosticLedger

    init(root: SourceDocument, limit: Int, ledger: DiagnosticLedger, load: @escaping Load) {
        let path = root.file.split(separator: "/").last.map(String.init) ?? ""
        files = [File(path: path, document: root)]
        fileByPath[path] = 0
        self.limit = limit
        self.ledger = ledger
        self.load = load
    }

    /// The target of a reference written in a file.
    func resolve(_ reference: String, from file: Int) throws(Failure) -> Int {
        let key = Reference(file: file, text: reference)
        if let known = resolved[key] { return try known.get() }
        // Stands while the reference is being followed, so that a loop ends here.
        resolved[key] = .failure(.circular)
        let result: Result<Int, Failure>
        do throws(Failure) {
            result = .success(try find(reference, from: file))
        } catch {
            result = .failure(error)
        }
        resolved[key] = result
        return try result.get()
    }

    /// Follows references until a value that is none; siblings of a reference are left behind.
    func follow(_ located: Located) throws(Failure) -> Located {
        var located = located
        var seen: Set<Int> = []
        while let reference = located.value["$ref"]?.string {
            let id = try resolve(reference, from: located.site.file)
            guard seen.insert(id).inserted else { throw .circular }
            located = Located(value: targets[id].value, site: targets[id].site)
        }
        return located
    }

    private func find(_ reference: String, from file: Int) throws(Failure) -> Int {
        let hash = reference.utf8.firstIndex(of: 0x23)
        let path = String(reference[..<(hash ?? reference.endIndex)])
        let fragment = hash.map { String(reference[reference.index(after: $0)...]) } ?? ""
        var file = file
        if !path.isEmpty { file = try self.file(path, from: file) }
        let site: Site
        guard let decoded = RelativePath.percentDecoded(fragment) else { throw .malformed }
        if decoded.isEmpty || decoded.utf8.first == 0x2F {
            guard let pointer = JSONPointer(parsing: decoded) else { throw .malformed }
            site = Site(file: file, pointer: pointer)
        } else {
            guard let anchored = anchor(decoded, in: file) else { throw .nothingThere }
            site = anchored
        }
        let located = try walk(site)
        if let known = targetBySite[located.site] { return known }
        targets.append(Target(value: located.value, site: located.site))
        targetBySite[located.site] = targets.count - 1
        return targets.count - 1
    }

    /// The value at a place; a reference on the way is followed.
    private func walk(_ site: Site) throws(Failure) -> Located {
        var located = Located(
            value: files[site.file].document.value, site: Site(file: site.file, pointer: JSONPointer()))
        for token in site.pointer.tokens {
            var next = step(located, token)
            var hops = 0
            while next == nil, let reference = located.value["$ref"]?.string, hops < 32 {
                let id = try resolve(reference, from: located.site.file)
                located = Located(value: targets[id].value, site: targets[id].site)
                next = step(located, token)
                hops += 1
            }
            guard let next else { throw .nothingThere }
            located = next
        }
        return located
    }

    private func step(_ located: Located, _ token: String) -> Located? {
        let site = located.site.appending(token)
        switch located.value {
        case .object(let object) where object.count > 16:
            guard let index = index(of: object, at: located.site)[token], object[index].key.hasSameBytes(as: token)
            else {
                return nil
            }
            return Located(value: object[index].value, site: site)
        case .object, .array:
            return located.value[JSONPointer([token])].map { Located(value: $0, site: site) }
        default: return nil
        }
    }

    private func index(of object: JSONObject, at site: Site) -> [String: Int] {
        if let index = indices[site] { return index }
        var index: [String: Int] = [:]
        index.reserveCapacity(object.count)
        for (offset, member) in object.enumerated() where index[member.key] == nil { index[member.key] = offset }
        indices[site] = index
        return index
    }

    private func file(_ reference: String, from file: Int) throws(Failure) -> Int {
        let path: String
        switch RelativePath(reference, from: files[file].path) {
        case .network: throw .network
        case .outside: throw .outside
        case .inside(let inside): path = inside
        }
        if let known = fileByPath[path] {
            guard let known else { throw .missingFile(path) }
            return known
        }
        guard files.count <= limit else { throw .tooManyFiles }
        fileByPath[path] = .some(nil)
        let document: SourceDocument?
        do {
            document = try load(path)
        } catch {
            ledger.add(error)
            throw .unreadable(path)
        }
        guard let document else { throw .missingFile(path) }
        files.append(File(path: path, document: document))
        fileByPath[path] = files.count - 1
        return files.count - 1
    }

    /// Places that a plain-name fragment can mean (`$anchor`, `$dynamicAnchor`).
    private func anchor(_ name: String, in file: Int) -> Site? {
        if let known = anchors[file] { return known[name] }
        var found: [String: Site] = [:]
        var path: [String] = []
        func collect(_ value: JSONValue) {
            switch value {
            case .object(let object):
                for member in object {
                    if member.key == "$anchor" || member.key == "$dynamicAnchor", let name = member.value.string {
                        if found[name] == nil { found[name] = Site(file: file, pointer: JSONPointer(path)) }
                    }
                    path.append(member.key)
                    collect(member.value)
                    path.removeLast()
                }
            case .array(let array):
                for (index, element) in array.enumerated() {
                    path.append(String(index))
                    collect(element)
                    path.removeLast()
                }
            default: break
            }
        }
        collect(files[file].document.value)
        anchors[file] = found
        return found[name]
    }
}
