package dev.lethe.requests.access.source.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses belong to the public Internet, after the registries of IANA (RFC 6890 and what followed it). What leads into a
 * network of one's own, to this machine or to the metadata service of a cloud does not.
 */
public final class Addresses {

    /** An address and how many of its first bits count. */
    private record Block(byte[] address, int bits) {

        static Block of(String text) {
            int slash = text.indexOf('/');
            try {
                // Literals: no name is looked up
                return new Block(
                        InetAddress.getByName(text.substring(0, slash)).getAddress(),
                        Integer.parseInt(text, slash + 1, text.length(), 10));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(text, e);
            }
        }

        boolean has(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % Byte.SIZE;
                if ((other[bit / Byte.SIZE] & mask) != (address[bit / Byte.SIZE] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Block> NOT_PUBLIC = blocks(
            "0.0.0.0/8", // this network, and 0.0.0.0 is this machine
            "10.0.0.0/8",
            "100.64.0.0/10", // carriers' own (CGNAT)
            "127.0.0.0/8",
            "169.254.0.0/16", // link-local, where clouds keep their metadata
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24", // documentation
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, and broadcast
            "100::/64", // discarded
            "2001::/23", // protocols' own, Teredo among them
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16");

    /** Only of these are addresses given out for IPv6; unique-local, link-local, multicast and the rest lie outside. */
    private static final Block GLOBAL_UNICAST = Block.of("2000::/3");

    /** Each wraps an IPv4 address, to which it leads in the end: mapped, NAT64, 6to4, with where that begins. */
    private static final Block MAPPED = new Block(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0}, 96);

    private static final Block NAT64 = Block.of("64:ff9b::/96");
    private static final Block SIX_TO_FOUR = Block.of("2002::/16");

    private Addresses() {}

    private static List<Block> blocks(String... texts) {
        return Arrays.stream(texts).map(Block::of).toList();
    }

    /**
     * The addresses of a host that a source may connect to.
     *
     * @param mayBePrivate whether all of them are
     * @throws UnknownHostException if it has none, or none of those that it has is allowed
     */
    public static InetAddress[] allowed(String host, boolean mayBePrivate) throws UnknownHostException {
        InetAddress[] allowed = Arrays.stream(InetAddress.getAllByName(host))
                .filter(address -> mayBePrivate || isPublic(address))
                .toArray(InetAddress[]::new);
        if (allowed.length == 0) {
            throw new UnknownHostException("its addresses are private; write 'private: true' if that is meant");
        }
        return allowed;
    }

    static boolean isPublic(InetAddress address) {
        return isPublic(address.getAddress());
    }

    private static boolean isPublic(byte[] address) {
        if (MAPPED.has(address) || NAT64.has(address)) {
            return isPublic(Arrays.copyOfRange(address, 12, 16));
        }
        if (SIX_TO_FOUR.has(address)) {
            return isPublic(Arrays.copyOfRange(address, 2, 6));
        }
        boolean ipv6 = address.length == GLOBAL_UNICAST.address().length;
        return (!ipv6 || GLOBAL_UNICAST.has(address)) && NOT_PUBLIC.stream().noneMatch(block -> block.has(address));
    }
}
