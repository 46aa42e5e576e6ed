// The application of bench/peers/README.md on net/http and pgx.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

type app struct {
	db     *pgxpool.Pool
	worlds map[int32]world
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

func open(ctx context.Context) *app {
	url := os.Getenv("DATABASE_URL")
	if url == "" {
		return &app{}
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		log.Fatalf("DATABASE_URL: %v", err)
	}
	config.MaxConns = int32(setting("DB_CONNECTIONS", 8))
	config.MinConns = config.MaxConns
	db, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		log.Fatalf("cannot open DATABASE_URL: %v", err)
	}
	worlds, err := allWorlds(ctx, db)
	if err != nil {
		log.Fatalf("cannot read the table world: %v", err)
	}
	return &app{db: db, worlds: worlds}
}

func write(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header["Server"] = []string{"go"}
	header["Content-Type"] = []string{"application/json"}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	w.Write(body)
}

func fail(w http.ResponseWriter, err error) {
	var violation *pgconn.PgError
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		status = http.StatusNotFound
	case errors.As(err, &violation) && violation.Code == "23505":
		status = http.StatusConflict
	}
	w.Header()["Server"] = []string{"go"}
	w.WriteHeader(status)
}

func message(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, struct {
		Message string `json:"message"`
	}{"Hello, World!"})
}

func plaintext(w http.ResponseWriter, _ *http.Request) {
	header := w.Header()
	header["Server"] = []string{"go"}
	header["Content-Type"] = []string{"text/plain; charset=utf-8"}
	io.WriteString(w, "Hello, World!")
}

func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /json", message)
	mux.HandleFunc("GET /plaintext", plaintext)
	mux.HandleFunc("GET /memory/users/{id}", userFromMemory)
	if a.db == nil {
		return mux
	}
	mux.HandleFunc("GET /users", a.listUsers)
	mux.HandleFunc("POST /users", a.createUser)
	mux.HandleFunc("GET /users/{id}", a.getUser)
	mux.HandleFunc("PUT /users/{id}", a.replaceUser)
	mux.HandleFunc("DELETE /users/{id}", a.deleteUser)
	mux.HandleFunc("GET /db", a.oneWorld)
	mux.HandleFunc("GET /queries", a.manyWorlds)
	mux.HandleFunc("GET /updates", a.changeWorlds)
	mux.HandleFunc("GET /cached-worlds", a.cachedWorlds)
	mux.HandleFunc("GET /fortunes", a.fortunes)
	return mux
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
	address := os.Getenv("WEFT_LISTEN")
	if address == "" {
		address = "127.0.0.1:0"
	}
	a := open(context.Background())
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	ready(listener.Addr().String())
	log.Fatal(http.Serve(listener, a.routes()))
}
