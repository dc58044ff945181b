package dev.lethe.requests.access.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** What is stored of a report, read in blocks; only those that are asked for, and one of them in memory. */
final class Blocks implements SeekableByteChannel {

    /** Of somebody who looks at the head and goes on elsewhere. */
    private static final int SMALL = 4096;

    private final Store store;
    private final String location;
    private final long size;
    private long position;
    private byte[] block = new byte[0];
    private long blockFrom;
    private boolean open = true;

    /** @param size as it must be, not as it is found: what is missing is an error */
    Blocks(Store store, String location, long size) {
        this.store = store;
        this.location = location;
        this.size = size;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (position >= size) {
            return -1;
        }
        if (position < blockFrom || position >= blockFrom + block.length) {
            long from = position - position % store.blockSize();
            boolean head = to.remaining() <= SMALL && size > store.blockSize();
            fetch(head ? position : from, head ? to.remaining() : store.blockSize());
        }
        int within = (int) (position - blockFrom);
        int length = Math.min(to.remaining(), block.length - within);
        to.put(block, within, length);
        position += length;
        return length;
    }

    private void fetch(long from, int atMost) throws IOException {
        int length = (int) Math.min(atMost, size - from);
        block = store.read(location, from, length);
        blockFrom = from;
        if (block.length != length) {
            throw new IOException("expected %d bytes from %d on of what is stored at %s, found %d"
                    .formatted(length, from, location, block.length));
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long position) {
        this.position = position;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int write(ByteBuffer from) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        block = new byte[0];
    }
}
