import JSON

/// An array or object of a YAML text that is still open.
struct YAMLFrame {
    /// What the next node is.
    enum Slot {
        case element
        case key
        /// The value of a member, or of a repeated one, where `first` is the index of the member that counts.
        case member(key: String, start: Int, first: Int?)
        /// The value of a merge key (`<<`).
        case merge(start: Int)
    }

    /// A mapping that a merge key brings in.
    private struct Merge {
        /// The number of members written before the merge key.
        let index: Int
        let object: JSONObject
        let places: [YAMLPlace]
    }

    let isMapping: Bool
    let start: Int
    let anchor: YAMLAnchors.Opening?
    /// The counts before the node, to know its own.
    let nodesBefore: Int
    let textBytesBefore: Int
    private(set) var slot: Slot
    /// The height of the highest child.
    private(set) var height = 0
    private var elements: [JSONValue] = []
    private(set) var members: [JSONObject.Member] = []
    private var names = NameSet()
    private var merges: [Merge] = []
    private var places: [YAMLPlace] = []

    init(isMapping: Bool, start: Int, anchor: YAMLAnchors.Opening?, nodesBefore: Int, textBytesBefore: Int) {
        self.isMapping = isMapping
        self.start = start
        self.anchor = anchor
        self.nodesBefore = nodesBefore
        self.textBytesBefore = textBytesBefore
        slot = isMapping ? .key : .element
    }

    /// The reference token of the child being read.
    var token: String {
        switch slot {
        case .element: String(elements.count)
        case .member(let key, _, _): key
        case .key, .merge: "<<"
        }
    }

    mutating func addKey(_ key: String, start: Int) {
        slot = .member(key: key, start: start, first: names.firstIndex(adding: key, to: members))
    }

    mutating func addMergeKey(start: Int) {
        slot = .merge(start: start)
    }

    mutating func addElement(_ tree: YAMLTree, keepsPlaces: Bool) {
        height = max(height, tree.height)
        elements.append(tree.value)
        if keepsPlaces { places.append(tree.place) }
    }

    mutating func addMember(_ key: String, start: Int, _ tree: YAMLTree, keepsPlaces: Bool) {
        height = max(height, tree.height)
        members.append(JSONObject.Member(key: key, value: tree.value))
        if keepsPlaces { places.append(YAMLPlace(start: start, children: tree.place.children)) }
        slot = .key
    }

    /// Leaves out a member whose name is taken.
    mutating func skipMember() {
        slot = .key
    }

    /// Takes in the value of a merge key.
    ///
    /// - Returns: whether it is a mapping or a list of mappings.
    mutating func addMerged(_ tree: YAMLTree) -> Bool {
        slot = .key
        switch tree.value {
        case .object(let object):
            height = max(height, tree.height - 1)
            merges.append(Merge(index: members.count, object: object, places: tree.place.children))
        case .array(let array):
            height = max(height, tree.height - 2)
            for (index, element) in array.enumerated() {
                guard let object = element.object else { return false }
                let places = tree.place.children.indices.contains(index) ? tree.place.children[index].children : []
                merges.append(Merge(index: members.count, object: object, places: places))
            }
        default: return false
        }
        return true
    }

    /// The value, and the places of its children.
    mutating func close(keepsPlaces: Bool) -> (value: JSONValue, places: [YAMLPlace]) {
        guard isMapping else { return (.array(elements), places) }
        if !merges.isEmpty { applyMerges(keepsPlaces: keepsPlaces) }
        return (.object(JSONObject(members: members)), places)
    }

    /// Puts merged members where their merge key stands. What the mapping itself writes wins, then the earlier of two
    /// merged members (https://yaml.org/type/merge.html).
    private mutating func applyMerges(keepsPlaces: Bool) {
        let written = members.count
        var indices: [Int] = []
        for merge in merges {
            for (index, member) in merge.object.enumerated() {
                guard names.firstIndex(adding: member.key, to: members) == nil else { continue }
                members.append(member)
                indices.append(merge.index)
                if keepsPlaces {
                    places.append(
                        merge.places.indices.contains(index)
                            ? merge.places[index] : YAMLPlace(start: start, children: []))
                }
            }
        }
        var order: [Int] = []
        var merged = 0
        for index in 0...written {
            while merged < indices.count && indices[merged] <= index {
                order.append(written + merged)
                merged += 1
            }
            if index < written { order.append(index) }
        }
        members = order.map { members[$0] }
        if keepsPlaces { places = order.map { places[$0] } }
    }
}
