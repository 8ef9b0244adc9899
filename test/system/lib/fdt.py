# SPDX-License-Identifier: Apache-2.0
"""A flattened device tree as Python lists, to make malformed ones (Devicetree Specification 0.4, section 5).

    tree = Tree(blob)
    tree.node("/memory@40000000").props["reg"] = b"..."
    blob = tree.bytes()
"""
import struct

BEGIN, END, PROP, NOP, FINISH = 1, 2, 3, 4, 9


class Node:
    def __init__(self, name):
        self.name, self.props, self.children = name, {}, []


class Tree:
    def __init__(self, blob):
        (self.magic, _, at, strings, reserve, self.version, self.compatible, self.cpu, _, _) = \
            struct.unpack(">10I", blob[:40])
        self.reserve = bytes(16)  # QEMU makes an empty list
        stack, self.root = [], None
        while True:
            token, = struct.unpack(">I", blob[at:at + 4])
            at += 4
            if token == BEGIN:
                end = blob.index(b"\0", at)
                node = Node(blob[at:end].decode())
                at = end + 4 - end % 4
                if stack:
                    stack[-1].children.append(node)
                else:
                    self.root = node
                stack.append(node)
            elif token == END:
                stack.pop()
            elif token == PROP:
                size, name = struct.unpack(">II", blob[at:at + 8])
                name = blob[strings + name:blob.index(b"\0", strings + name)].decode()
                stack[-1].props[name] = blob[at + 8:at + 8 + size]
                at += 8 + (size + 3) // 4 * 4
            elif token == FINISH:
                return

    def node(self, path):
        node = self.root
        for part in path.strip("/").split("/"):
            node = next(c for c in node.children if c.name == part or c.name.startswith(part + "@"))
        return node

    def remove(self, path):
        parent, _, name = path.rpartition("/")
        node = self.node(parent) if parent else self.root
        found = [c for c in node.children if c.name == name or c.name.startswith(name + "@")]
        assert found, path
        node.children = [c for c in node.children if c not in found]

    def _write(self, node, out, names, strings):
        name = node.name.encode() + b"\0"
        out.append(struct.pack(">I", BEGIN) + name + bytes(-len(name) % 4))
        for key, value in node.props.items():
            if key not in names:
                names[key] = len(strings)
                strings += key.encode() + b"\0"
            out.append(struct.pack(">III", PROP, len(value), names[key]) + value + bytes(-len(value) % 4))
        for child in node.children:
            self._write(child, out, names, strings)
        out.append(struct.pack(">I", END))

    def bytes(self):
        out, strings = [], bytearray()
        self._write(self.root, out, {}, strings)
        body = b"".join(out) + struct.pack(">I", FINISH)
        head = 40
        total = head + len(self.reserve) + len(body) + len(strings)
        return struct.pack(">10I", self.magic, total, head + len(self.reserve), head + len(self.reserve) + len(body),
                           head, self.version, self.compatible, self.cpu, len(strings), len(body)) \
            + self.reserve + body + bytes(strings)
