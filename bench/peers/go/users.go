package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/mail"
	"strconv"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
)

type user struct {
	ID    int32  `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

type newUser struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

type userPage struct {
	Users []user `json:"users"`
	Next  *int32 `json:"next,omitempty"`
}

func (u newUser) valid() bool {
	length := utf8.RuneCountInString(u.Name)
	address, err := mail.ParseAddress(u.Email)
	return length >= 1 && length <= 80 && err == nil && address.Address == u.Email
}

// The path parameter; 0, after the answer, when it is no id.
func id(w http.ResponseWriter, r *http.Request) int32 {
	value, err := strconv.ParseInt(r.PathValue("id"), 10, 32)
	if err != nil || value < 1 {
		w.WriteHeader(http.StatusBadRequest)
		return 0
	}
	return int32(value)
}

// The body; false, after the answer, when it is not one.
func body(w http.ResponseWriter, r *http.Request, in *newUser) bool {
	if json.NewDecoder(r.Body).Decode(in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return false
	}
	if !in.valid() {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return false
	}
	return true
}

func number(r *http.Request, name string, otherwise int32) int32 {
	value, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 32)
	if err != nil {
		return otherwise
	}
	return int32(value)
}

func userFromMemory(w http.ResponseWriter, r *http.Request) {
	if id := id(w, r); id > 0 {
		write(w, http.StatusOK, user{id, "Ada Lovelace", "ada@example.com"})
	}
}

func (a *app) one(w http.ResponseWriter, r *http.Request, status int, sql string, arguments ...any) {
	var found user
	err := a.db.QueryRow(r.Context(), sql, arguments...).Scan(&found.ID, &found.Name, &found.Email)
	if err != nil {
		fail(w, err)
		return
	}
	if status == http.StatusCreated {
		w.Header()["Location"] = []string{fmt.Sprintf("/users/%d", found.ID)}
	}
	write(w, status, found)
}

func (a *app) getUser(w http.ResponseWriter, r *http.Request) {
	if id := id(w, r); id > 0 {
		a.one(w, r, http.StatusOK, "SELECT id, name, email FROM users WHERE id = $1", id)
	}
}

func (a *app) createUser(w http.ResponseWriter, r *http.Request) {
	var in newUser
	if body(w, r, &in) {
		a.one(w, r, http.StatusCreated,
			"INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id, name, email", in.Name, in.Email)
	}
}

func (a *app) replaceUser(w http.ResponseWriter, r *http.Request) {
	var in newUser
	if id := id(w, r); id > 0 && body(w, r, &in) {
		a.one(w, r, http.StatusOK,
			"UPDATE users SET name = $2, email = $3 WHERE id = $1 RETURNING id, name, email",
			id, in.Name, in.Email)
	}
}

func (a *app) deleteUser(w http.ResponseWriter, r *http.Request) {
	if id := id(w, r); id > 0 {
		var removed int32
		err := a.db.QueryRow(r.Context(), "DELETE FROM users WHERE id = $1 RETURNING id", id).Scan(&removed)
		if err != nil {
			fail(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func (a *app) listUsers(w http.ResponseWriter, r *http.Request) {
	limit, after := number(r, "limit", 20), number(r, "after", 0)
	if limit < 1 || limit > 100 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	rows, err := a.db.Query(r.Context(),
		"SELECT id, name, email FROM users WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
	if err != nil {
		fail(w, err)
		return
	}
	page := userPage{}
	page.Users, err = pgx.CollectRows(rows, pgx.RowToStructByPos[user])
	if err != nil {
		fail(w, err)
		return
	}
	if len(page.Users) == int(limit) {
		page.Next = &page.Users[limit-1].ID
	}
	write(w, http.StatusOK, page)
}
