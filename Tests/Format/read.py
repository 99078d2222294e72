#!/usr/bin/env python3
"""Reads a small vsql database with its key file, by docs/format.md and its pages alone, and prints a table's rows as JSON lines.

    read.py DATABASE KEY_FILE TABLE

Needs nothing but Python 3, libcrypto and libzstd. Everything is checked on the way: a seal that does not open ends it.
"""
import ctypes, ctypes.util, datetime, decimal, hashlib, hmac, itertools, json, os, struct, sys

crypto = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
zstd = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
    getattr(crypto, name).restype = ctypes.c_void_p
zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
zstd.ZSTD_decompress.restype = zstd.ZSTD_decompress_usingDict.restype = ctypes.c_size_t
zstd.ZSTD_createDCtx.restype = ctypes.c_void_p
decompression = ctypes.c_void_p(zstd.ZSTD_createDCtx())


def unseal(key, nonce, sealed, place):
    """AES-256-GCM; the last 16 bytes are the tag, `place` is the associated data."""
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    try:
        size, body, tag = ctypes.c_int(), sealed[:-16], sealed[-16:]
        out = ctypes.create_string_buffer(len(body) + 16)
        steps = [
            crypto.EVP_DecryptInit_ex(context, ctypes.c_void_p(crypto.EVP_aes_256_gcm()), None, key, nonce),
            crypto.EVP_DecryptUpdate(context, None, ctypes.byref(size), place, len(place)),
            crypto.EVP_DecryptUpdate(context, out, ctypes.byref(size), body, len(body)) if body else 1,
            crypto.EVP_CIPHER_CTX_ctrl(context, 0x11, 16, ctypes.create_string_buffer(tag, 16)),
            crypto.EVP_DecryptFinal_ex(context, ctypes.create_string_buffer(16), ctypes.byref(size)),
        ]
    finally:
        crypto.EVP_CIPHER_CTX_free(context)
    if steps != [1] * 5:
        raise SystemExit("a seal does not open")
    return out.raw[: len(body)]


def derive(key, word, context=b"", salt=bytes(32)):
    """D of vault.md: HKDF-SHA-256 to 32 bytes."""
    extracted = hmac.digest(salt, key, "sha256")
    return hmac.digest(extracted, b"vsql " + word.encode() + context + b"\1", "sha256")


def unframe(body):
    frame = b"\x28\xb5\x2f\xfd" + body
    size = zstd.ZSTD_getFrameContentSize(frame, ctypes.c_size_t(len(frame)))
    out = ctypes.create_string_buffer(max(1, size))
    done = zstd.ZSTD_decompress(out, ctypes.c_size_t(size), frame, ctypes.c_size_t(len(frame)))
    assert done == size
    return out.raw[:size]


def unblock(block, size, dictionary):
    """What a block without its frame holds: the frame is of a single segment that states its content's size."""
    stated = (b"\x20" + bytes([size]) if size < 256 else b"\x60" + struct.pack("<H", size - 256) if size < 65792
              else b"\xa0" + struct.pack("<I", size))
    frame = b"\x28\xb5\x2f\xfd" + stated + (len(block) << 3 | 5).to_bytes(3, "little") + block
    out, length = ctypes.create_string_buffer(size), ctypes.c_size_t(len(dictionary))
    done = zstd.ZSTD_decompress_usingDict(
        decompression, out, ctypes.c_size_t(size), frame, ctypes.c_size_t(len(frame)), dictionary, length)
    assert done == size
    return out.raw


def unpack(packed):
    return packed[1:] if packed[0] == 0 else unframe(packed[1:])


def fixed(number):
    """A fixed nonce."""
    return struct.pack("<I", number) + bytes(8)


class Cursor:
    def __init__(self, data, version=2):
        self.data, self.at, self.version = data, 0, version

    def take(self, count):
        assert self.at + count <= len(self.data)
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), "little")

    def varint(self):
        value = shift = 0
        while True:
            byte = self.number(1)
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def signed(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def counted(self):
        return self.take(self.varint())

    def text(self):
        return self.counted().decode()

    def list(self, read):
        return [read() for _ in range(self.varint())]

    def fields(self, width, count):
        bits = self.number((width * count + 7) // 8)
        return [bits >> width * i & (1 << width) - 1 for i in range(count)]

    def packed(self, count):
        base, step = self.signed(), self.varint()
        return [wrapped(base + step * code) for code in self.fields(self.number(1), count)]

    def ordinals(self):
        found, last = [], 0
        for _ in range(self.varint()):
            last += self.varint()
            found.append(last)
        return found

    def runs(self):
        found, end = [], 0
        for _ in range(self.varint()):
            start = end + self.varint()
            end = start + self.varint() + 1
            found += range(start, end)
        return found

    def type(self):
        tag = self.number(1)
        extra = {2: lambda: self.number(1), 4: lambda: (self.number(1), self.number(1)), 5: self.varint,
                 11: lambda: (self.number(1), self.varint())}.get(tag, lambda: None)()
        return tag, extra

    def table(self):
        def column():
            name, type, not_null = self.text(), self.type(), self.number(1)
            if self.number(1):
                self.text()
            return name, type
        table = {"id": self.number(8), "name": self.text(), "columns": self.list(column)}
        if self.list(self.varint) and self.version > 1:
            self.text()
        if self.number(1):
            self.varint(), self.text()
        if self.version > 1:
            self.list(self.index)
            self.number(1)
        return table

    def index(self):
        self.number(8), self.text(), self.number(1), self.list(self.varint)

    def manifest(self):
        found = {"id": self.number(8), "table": self.number(8), "tenant": self.number(8), "rows": self.varint()}
        self.varint(), self.varint(), self.varint()
        found |= {"kek": self.number(4), "slots": self.list(lambda: self.number(8)), "dek": self.number(4),
                  "dir": self.number(4)}
        self.varint(), self.varint()
        found["units"] = [self.varint() for _ in range(4)]
        if self.version > 1:
            # Index runs, filters of keys.
            found["between"] = [size for _ in range(2) for _, size in self.list(lambda: (self.number(8), self.varint()))]
            found["dictionary"] = self.varint()
        self.take(96)
        found["pages"] = self.version >= 2 and self.number(1) == 1
        return found


class Database:
    def __init__(self, path, key_path):
        self.path = path
        header = self.read("DATABASE")
        assert header[:8] == b"vsql-db\n" and header[8:10] in (b"\1\0", b"\2\0") and len(header) == 200
        assert hashlib.sha256(header[:136]).digest() == header[136:168]
        self.id = header[12:28]
        with open(key_path) as file:
            keys = [bytes.fromhex(line.split()[1]) for line in file if not line.startswith("#")]
        self.root = next(key for key in keys if derive(key, "check", self.id)[:16] == header[60:76])
        assert hmac.digest(derive(self.root, "header"), header[:168], "sha256") == header[168:]
        self.keks = {}
        for name in os.listdir(os.path.join(path, "keys")):
            if name.endswith(".kek"):
                tenant, version = int(name[:16], 16), int(name[17:-4])
                plain = self.own("keys/" + name, b"vsqlKEK1", "kek", self.place(4, tenant, group=version))
                self.keks[tenant, version] = plain[:32]
        ring = Cursor(self.own("keys/ring", b"vsqlRNG1", "ring", self.place(5)))
        ring.take(40)
        self.slots = {ring.number(8): ring.take(32) for _ in range(ring.number(8))}
        self.read_state()
        for number in sorted(int(name[:-4], 16) for name in os.listdir(os.path.join(path, "wal"))):
            if number >= self.first_log:
                self.replay(number)

    def read(self, name):
        with open(os.path.join(self.path, name), "rb") as file:
            return file.read()

    def place(self, kind, tenant=0, table=0, file=0, group=0, ordinal=0):
        return bytes([1, kind]) + self.id + struct.pack("<QQQIQ", tenant, table, file, group, ordinal)

    def version(self, data, letters):
        """Of a file that differs between versions, and the group of its place."""
        assert data[:7] == letters and data[7] - 48 in (1, 2)
        return data[7] - 48, 0 if data[7] == 49 else data[7] - 48

    def own(self, name, magic, word, place, head=0):
        data = self.read(name)
        assert data[:8] == magic
        return unseal(derive(self.root, word), data[8 + head : 20 + head], data[20 + head :], place)

    def keys(self, wrapped, tenant, kek, slot, place):
        """A wrapped block of keys; None where one is absent."""
        plain = unseal(derive(self.keks[tenant, kek], "dek", salt=self.slots[slot]), wrapped[:12], wrapped[12:], place)
        present = int.from_bytes(plain[:8], "little")
        count = (len(plain) - 8) // 32
        return [plain[8 + 32 * i : 40 + 32 * i] if present >> i & 1 else None for i in range(count)]

    def read_state(self):
        number = max(int(name[:16], 16) for name in os.listdir(os.path.join(self.path, "state")))
        name = f"state/{number:016x}.state"
        data = self.read(name)
        version, group = self.version(data, b"vsqlSTA")
        state = Cursor(self.own(name, data[:8], "state", self.place(6, file=number, group=group), head=8), version)
        state.varint(), state.varint()
        self.main = state.number(8)
        state.number(8)
        self.tenants = dict(state.list(lambda: (state.number(8), state.text())))
        self.tables = {table["id"]: table for table in state.list(state.table)}
        # What a table holds, by tenant: (row id, values), in order.
        self.rows = {}
        for manifest, deleted in state.list(lambda: (state.manifest(), state.ordinals())):
            self.add_segment(manifest, set(deleted))
        self.first_log = state.varint()

    def replay(self, number):
        data = self.read(f"wal/{number:016x}.wal")
        version, group = self.version(data, b"vsqlWAL")
        slot, kek = struct.unpack("<QI", data[16:28])
        key = self.keys(data[28:96], self.main, kek, slot, self.place(12, self.main, file=number, group=group))[0]
        at, index = 96, 0
        while at + 24 <= len(data):
            length, zero, found = struct.unpack("<IIQ", data[at : at + 16])
            body = data[at + 24 : at + 24 + length]
            check = hashlib.sha256(struct.pack("<QQI", number, index, length) + body).digest()[:8]
            if length == 0 or found != index or check != data[at + 16 : at + 24]:
                break
            size = int.from_bytes(body[:4], "little")
            unit = body[4 : 4 + size]
            frame = Cursor(unseal(key, unit[:12], unit[12:], self.place(8, file=number, ordinal=index)), version)
            self.apply(frame, Cursor(body[4 + size :]), number, index, slot)
            at, index = (at + 24 + length + 7) // 8 * 8, index + 1

    def apply(self, frame, content, number, index, slot):
        frame.varint()
        for _ in range(frame.varint()):
            change = frame.number(1)
            if change == 3:
                tenant = frame.number(8)
                self.tenants[tenant] = frame.text()
                continue
            if change > 3:
                frame.number(8), frame.index() if change == 4 else frame.number(8)
                continue
            table = frame.table()
            if change == 1:
                self.tables[table["id"]] = table
            else:
                del self.tables[table["id"]]
                self.rows = {key: rows for key, rows in self.rows.items() if key[0] != table["id"]}
        for _ in range(frame.varint()):
            key, gone = (frame.number(8), frame.number(8)), set(frame.ordinals())
            self.rows[key] = [row for row in self.rows[key] if row[0] not in gone]
        for manifest in frame.list(frame.manifest):
            self.add_segment(manifest, set())
        for _ in range(frame.varint()):
            table, tenant, kek, first = frame.number(8), frame.number(8), frame.number(4), frame.varint()
            sizes, keys = frame.list(frame.varint), []
            for block in range((len(sizes) + 63) // 64):
                wrapped = content.take(36 + 32 * min(64, len(sizes) - 64 * block))
                keys += self.keys(wrapped, tenant, kek, slot, self.place(3, tenant, table, number, block, index))
            for i, size in enumerate(sizes):
                plain = unseal(keys[i], fixed(0), content.take(size), self.place(7, tenant, table, number, i, index))
                row, columns = Cursor(plain), self.tables.get(table, {"columns": []})["columns"]
                values = [log_value(row, type) if row.number(1) else None for _, type in columns]
                self.rows.setdefault((table, tenant), []).append((first + i, values))

    def add_segment(self, manifest, deleted):
        segment, tenant, table = manifest["id"], manifest["tenant"], manifest["table"]
        types, count = [type for _, type in self.tables[table]["columns"]], manifest["rows"]
        data = Cursor(self.read(f"segments/{segment:016x}.{manifest['dek']}.dek"))
        data.take(24)
        slots = [data.number(8) for _ in range(data.number(4))]
        def block(ordinal, slot, size):
            place = self.place(3, tenant, table, segment, manifest["dek"], ordinal)
            return self.keys(data.take(36 + 32 * size), tenant, manifest["kek"], slot, place)
        own, keys = block(0, slots[0], 1)[0], []
        held = (count + 1023) // 1024 if manifest["pages"] else count
        for number in range((held + 63) // 64):
            keys += block(number + 1, slots[1 + number // 16], min(64, held - 64 * number))
        file = Cursor(self.read(f"segments/{segment:016x}.{manifest['dir']}.dir"))
        file.take(20)
        units = []
        for number, (kind, size) in enumerate(zip((2, 13, 10, 11), manifest["units"])):
            place = self.place(kind, tenant, table, segment, manifest["dir"])
            units.append(unpack(unseal(own, fixed(number), file.take(size), place)))
        dictionary = None
        if manifest.get("dictionary"):
            file.take(sum(manifest["between"]))
            place, number = self.place(18, tenant, table, segment, manifest["dir"]), 4 + len(manifest["between"])
            unit = Cursor(unpack(unseal(own, fixed(number), file.take(manifest["dictionary"]), place)))
            dictionary, _, pieces = unit.counted(), unit.varint(), unit.list(lambda: [unit.varint() for _ in range(3)])
            ends = list(itertools.accumulate(length + 1 for _, length, _ in pieces))
            assert all(dictionary[len(dictionary) - ends[-1] + end - 1] == 255 for end in ends)
            assert all(entities >= 20 for _, _, entities in pieces)
        directory, tables = Cursor(units[0]), Cursor(units[1])
        directory.version = directory.number(1)
        assert directory.version in (1, 2)
        ids, erased = directory.runs(), set(directory.runs())
        for _ in range(directory.varint()):
            if directory.number(1) == 8:
                directory.varint(), directory.number(1)
        layout = []
        for _ in range(directory.varint()):
            column, flags, tag = directory.varint(), directory.number(1), directory.number(1)
            # Scale, base, step and width, as far as the tag has them.
            scale = directory.number(1) if tag in (9, 11) else 0
            base = directory.signed() if tag in (1, 8, 9, 11, 12) else 0
            step = directory.varint() if tag in (8, 9, 11, 12) else 0
            width = directory.number(1) if tag >= 8 else 0
            layout.append((column, flags & 1, tag, scale, base, step, width, flags & 2))
            if directory.version >= 2:
                directory.varint()
        values = {}
        for _ in range(tables.varint()):
            column = tables.varint()
            values[column] = tables.list(lambda: (tables.counted(), tables.varint())[0])
        cells, rows = self.read(f"segments/{segment:016x}.seg"), [[None] * len(types) for _ in range(count)]
        for group in range(directory.varint()):
            form = directory.number(1)
            column = directory.varint() if form else None
            at = directory.varint()
            if directory.number(1) == 0:
                sizes = [directory.varint()] * held
            else:
                sizes = [directory.varint() for _ in range(held)]
            directory.runs()
            for row, size in enumerate(sizes):
                if form == 4:
                    place = self.place(17, tenant, table, segment, group, row)
                    plain = unpack(unseal(keys[row], fixed(group), cells[at : at + size], place))
                    those = rows[1024 * row : 1024 * (row + 1)]
                    for found, value in zip(those, page(Cursor(plain), len(those), types[column])):
                        found[column] = value
                elif size and row not in erased:
                    place = self.place(1, tenant, table, segment, group, row)
                    plain = unseal(keys[row], fixed(group), cells[at : at + size], place)
                    if form == 0:
                        record(plain, layout, values, types, rows[row], dictionary)
                    elif form == 2:
                        rows[row][column] = bytes_value(unpack(plain), types[column])
                    else:
                        rows[row][column] = vector(joined(unpack(plain), types[column]) if form == 3 else plain, types[column])
                at += size
        kept = [(ids[i], rows[i]) for i in range(count) if i not in deleted and i not in erased]
        self.rows.setdefault((table, tenant), []).extend(kept)


def page(content, count, type):
    """The values of one column's page."""
    form, nulls = content.number(1), 0
    if content.number(1):
        nulls = content.number((count + 7) // 8)
    rows = [row for row in range(count) if not nulls >> row & 1]
    if form == 0:
        bits = content.number((len(rows) + 7) // 8)
        found = [bool(bits >> i & 1) for i in range(len(rows))]
    elif form in (1, 2):
        kind, scale = content.number(1), content.number(1)
        first = content.signed() if form == 2 else 0
        numbers = content.packed(len(rows) - (form == 2))
        if form == 2:
            numbers = list(itertools.accumulate([first] + numbers, lambda a, b: wrapped(a + b)))
        found = [(moment(n, type), decimal_value(n, scale), float(n) / 10.0**scale, double(n))[kind] for n in numbers]
    elif form in (3, 4):
        width = {3: 8, 7: 4, 10: 16, 11: type[0] == 11 and vector_bytes(type)}.get(type[0], 8)
        plain, number = content.take(len(rows) * width), width
        if type[0] == 11:
            number = {1: 4, 2: 2, 3: 1}[type[1][0]]
        if form == 4:
            every = len(plain) // number
            plain = bytes(plain[p * every + i] for i in range(every) for p in range(number))
        found = [fixed_value(plain[i * width : (i + 1) * width], type) for i in range(len(rows))]
    elif form == 5:
        pairs = [(content.number(1), int.from_bytes(content.take(16), "little", signed=True)) for _ in rows]
        found = [decimal_value(number, scale) for scale, number in pairs]
    else:
        entries = content.varint() if form == 7 else len(rows)
        texts = [bytes_value(content.take(length), type) for length in content.packed(entries)]
        found = [texts[code] for code in content.fields(content.number(1), len(rows))] if form == 7 else texts
    values = [None] * count
    for row, value in zip(rows, found):
        values[row] = value
    return values


def fixed_value(plain, type):
    if type[0] == 3:
        return struct.unpack("<d", plain)[0]
    if type[0] in (2, 7, 8, 9):
        return moment(int.from_bytes(plain, "little", signed=True), type)
    return uuid(plain) if type[0] == 10 else vector(plain, type)


def wrapped(number):
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def double(bits):
    return struct.unpack("<d", struct.pack("<q", bits))[0]


def record(plain, layout, tables, types, row, dictionary):
    cursor = Cursor(unframe(plain[1:]) if plain[0] == 1 else plain)
    bits, coded = 1, []
    width = 1 + sum(has_nulls + (tag == 0) + width for _, has_nulls, tag, _, _, _, width, _ in layout)
    head = cursor.number((width + 7) // 8)
    for column, has_nulls, tag, scale, base, step, width, shared in layout:
        null = has_nulls and head >> bits & 1
        bits += has_nulls
        if tag == 0:
            row[column] = None if null else bool(head >> bits & 1)
            bits += 1
        coded.append((column, null or tag == 0, tag, scale, base, step, width, shared))
    fields = {}
    for column, _, _, _, _, _, width, _ in coded:
        fields[column] = head >> bits & (1 << width) - 1
        bits += width
    if any(shared for *_, shared in coded):
        size = cursor.varint()
        if size:
            codes = cursor.varint()
            cursor = Cursor(unblock(cursor.take(size), codes, dictionary) + cursor.data[cursor.at :])
    # First those that share the dictionary.
    for column, done, tag, scale, base, step, width, _ in sorted(coded, key=lambda one: not one[-1]):
        kind, field = types[column], fields[column]
        number = wrapped(base + step * field)
        if done:
            continue
        if tag == 1:
            row[column] = moment(cursor.varint() + base, kind)
        elif tag == 8:
            row[column] = moment(number, kind)
        elif tag == 9:
            row[column] = decimal_value(number, scale)
        elif tag == 11:
            row[column] = float(number) / 10.0**scale
        elif tag == 12:
            row[column] = double(number)
        elif tag == 2:
            row[column] = moment(cursor.signed(), kind)
        elif tag == 3:
            row[column] = struct.unpack("<d", cursor.take(8))[0]
        elif tag == 4:
            scale = cursor.number(1)
            row[column] = decimal_value(cursor.signed(), scale)
        elif tag == 5:
            row[column] = uuid(cursor.take(16))
        else:
            code = cursor.varint() if tag == 7 else field
            row[column] = bytes_value(tables[column][code - 1] if code else cursor.counted(), kind)


def log_value(row, type):
    tag = type[0]
    if tag == 1:
        return row.number(1) == 1
    if tag in (2, 7, 8, 9):
        return moment(row.signed(), type)
    if tag == 3:
        return struct.unpack("<d", row.take(8))[0]
    if tag == 4:
        scale = row.number(1)
        return decimal_value(int.from_bytes(row.take(16), "little", signed=True), scale)
    if tag == 10:
        return uuid(row.take(16))
    return vector(row.take(vector_bytes(type)), type) if tag == 11 else bytes_value(row.counted(), type)


def vector_bytes(type):
    element, dimension = type[1]
    return (dimension * {1: 32, 2: 16, 3: 1}[element] + 7) // 8


def joined(planes, type):
    """A vector's bytes from its byte planes."""
    dimension = type[1][1]
    return bytes(planes[plane + number] for number in range(dimension) for plane in range(0, len(planes), dimension))


def vector(plain, type):
    element, dimension = type[1]
    if element == 3:
        return "".join(str(plain[i // 8] >> 7 - i % 8 & 1) for i in range(dimension))
    return list(struct.unpack(f"<{dimension}{'f' if element == 1 else 'e'}", plain))


def moment(number, type):
    if type[0] == 7:
        return str(datetime.date(1970, 1, 1) + datetime.timedelta(days=number))
    if type[0] in (8, 9):
        at = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=number)
        text = at.isoformat(" ")
        return (text.rstrip("0") if "." in text else text) + ("+00" if type[0] == 9 else "")
    return number


def decimal_value(unscaled, scale):
    return decimal.Decimal(unscaled).scaleb(-scale)


def uuid(plain):
    digits = plain[::-1].hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def bytes_value(plain, type):
    return plain.decode() if type[0] == 5 else "\\x" + plain.hex()


def encode(value):
    return format(value, "f") if isinstance(value, decimal.Decimal) else json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    decimal.getcontext().prec = 60
    database = Database(sys.argv[1], sys.argv[2])
    table = next(table for table in database.tables.values() if table["name"] == sys.argv[3])
    for _, values in database.rows.get((table["id"], database.main), []):
        fields = [f"{json.dumps(name)}: {encode(value)}" for (name, _), value in zip(table["columns"], values)]
        print("{" + ", ".join(fields) + "}")
