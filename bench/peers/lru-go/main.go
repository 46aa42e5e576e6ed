// bench/apps/lru on net/http: a map to entries that are linked in the order of use, behind a mutex, as one
// would write it. The collector walks all of them each time it runs.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
)

type entry struct {
	user         int64
	visits       int32
	newer, older *entry
}

type lru struct {
	lock     sync.Mutex
	entries  map[int64]*entry
	ring     entry // newer: the oldest; older: the newest
	capacity int
}

func newLRU(capacity int) *lru {
	cache := &lru{entries: make(map[int64]*entry, capacity), capacity: capacity}
	cache.ring.newer, cache.ring.older = &cache.ring, &cache.ring
	for user := range capacity {
		cache.visit(int64(user))
	}
	return cache
}

func (one *entry) unlink() {
	one.newer.older = one.older
	one.older.newer = one.newer
}

func (cache *lru) makeNewest(one *entry) {
	one.newer, one.older = &cache.ring, cache.ring.older
	cache.ring.older.newer = one
	cache.ring.older = one
}

func (cache *lru) visit(user int64) int32 {
	cache.lock.Lock()
	defer cache.lock.Unlock()
	one, known := cache.entries[user]
	if known {
		one.unlink()
	} else {
		if len(cache.entries) == cache.capacity {
			oldest := cache.ring.newer
			oldest.unlink()
			delete(cache.entries, oldest.user)
		}
		one = &entry{user: user}
		cache.entries[user] = one
	}
	cache.makeNewest(one)
	one.visits++
	return one.visits
}

type visitor struct {
	User   int64 `json:"user"`
	Visits int32 `json:"visits"`
}

func (cache *lru) serve(w http.ResponseWriter, r *http.Request) {
	user, err := strconv.ParseInt(r.PathValue("user"), 10, 64)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	body, err := json.Marshal(visitor{user, cache.visit(user)})
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header["Content-Type"] = []string{"application/json"}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.Write(body)
}

func setting(name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatalf("%s is no number: %s", name, text)
	}
	return value
}

// Tells the runner where we listen.
func ready(address string) {
	fd := setting("WEFT_READY_FD", -1)
	if fd < 0 {
		fmt.Println(address)
		return
	}
	file := os.NewFile(uintptr(fd), "ready")
	fmt.Fprintln(file, address)
	file.Close()
}

func main() {
	if workers := setting("WEFT_WORKERS", 0); workers > 0 {
		runtime.GOMAXPROCS(workers)
	}
	cache := newLRU(setting("LRU_ENTRIES", 8_000_000))
	address := os.Getenv("WEFT_LISTEN")
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /visits/{user}", cache.serve)
	ready(listener.Addr().String())
	log.Fatal(http.Serve(listener, mux))
}
