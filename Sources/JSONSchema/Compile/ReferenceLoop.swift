/// Finds schemas that would be applied to one value again and again without ever reaching a part of it.
///
/// 2020-12 core §9.4.1 leaves them undefined. `$dynamicRef` is left to the depth limit of validation, since its
/// target is not known before.
enum ReferenceLoop {
    /// - Returns: a node on a loop, nil when there is none.
    static func find(in tables: SchemaTables) -> NodeID? {
        enum State { case new, open, done }
        var states = Array(repeating: State.new, count: tables.nodes.count)
        for start in tables.nodes.indices where states[start] == .new {
            var path = [(node: start, targets: targets(of: start, in: tables)[...])]
            states[start] = .open
            while let last = path.indices.last {
                guard let target = path[last].targets.popFirst() else {
                    states[path[last].node] = .done
                    path.removeLast()
                    continue
                }
                switch states[Int(target)] {
                case .open: return target
                case .done: continue
                case .new:
                    states[Int(target)] = .open
                    path.append((Int(target), targets(of: Int(target), in: tables)[...]))
                }
            }
        }
        return nil
    }

    /// The schemas that a node applies to the value that it is applied to.
    private static func targets(of node: Int, in tables: SchemaTables) -> [NodeID] {
        let node = tables.nodes[node]
        var targets: [NodeID] = []
        for slice in [node.any, node.object] {
            for check in tables.checks[slice.range] {
                switch check {
                case .reference(let target), .not(let target): targets.append(target)
                case .allOf(let slice), .anyOf(let slice), .oneOf(let slice):
                    targets += tables.children[slice.range]
                case .condition(let condition):
                    let condition = tables.conditions[Int(condition)]
                    targets += [condition.test, condition.then, condition.otherwise]
                case .dependencies(let dependencies):
                    targets += tables.dependencies[Int(dependencies)].map(\.node)
                default: break
                }
            }
        }
        return targets.filter { $0 >= 0 }
    }
}
